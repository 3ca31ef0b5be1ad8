"""What stands before the engine: the SDK of a program, and what it may ask for."""
