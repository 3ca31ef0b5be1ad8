"""What node_state is made of; each kind of thing that a state declares has its module."""
