"""mecctl turns a Git folder into a running multi-access edge computing (MEC) site."""

__version__ = "0.1.0"
