"""Kubernetes objects and property values as programs, the API and the state write them: no I/O."""
