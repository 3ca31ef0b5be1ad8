"""Runs Pulumi programs of Kubernetes resources in process, and keeps their state."""
