"""Pulumi project: Workloads of a MEC site, each in its slice."""
