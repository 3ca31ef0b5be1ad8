"""Pulumi project: Cluster DNS, the system namespace and closed default namespaces of a MEC site."""
