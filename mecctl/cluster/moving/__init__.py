"""Moves a workload from one site to another without a lost request (ETSI GS MEC 021)."""
