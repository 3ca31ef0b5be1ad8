"""One file a concern: its arguments, and the component that makes the objects."""
