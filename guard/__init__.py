"""The guard: what a hardened cluster must have wherever something new appears, kept by a pod of the cluster itself.

A namespace made by anyone gets a default-deny NetworkPolicy, its default service account loses its token, and a
kubelet's request for a serving certificate is approved when it names its own node and nothing else.
It runs where nothing but Python's standard library is, so it imports nothing of mecctl.
"""
