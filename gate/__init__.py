"""Stands before a workload that moves between sites: HAProxy, and what switches it without a lost request."""
