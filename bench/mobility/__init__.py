"""Workloads that move between two sites, under an open-loop load: what fails, is doubled or lost."""
