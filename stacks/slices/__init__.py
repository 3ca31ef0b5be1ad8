"""Pulumi project: Network slices of a MEC site, one closed namespace each, and the openings between them."""
