"""From SSH-reachable machines to the members of a cluster: preflight, inventory, and the playbooks that do it."""
