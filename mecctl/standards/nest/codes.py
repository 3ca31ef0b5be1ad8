"""The numbers that GSMA NG.116 gives to choices, which the GST and slice managers write."""

from __future__ import annotations

MISSION_CRITICAL_CAPABILITY = {1: "inter-user-prioritization", 2: "pre-emption", 3: "local-control"}
MISSION_CRITICAL_SERVICE = {1: "mcptt", 2: "mcdata", 3: "mcvideo", 4: "iops", 5: "mc-interworking"}
DATA_ACCESS = {0: "internet", 1: "private-network", 2: "local"}
ISOLATION = {0: "none", 1: "physical", 2: "tenant"}
"""Isolation level: 0 none, 1 physical, 2 logical, which without more is the tenant's."""
LOGICAL_ISOLATION = {1: "virtual-resource", 2: "network-function", 3: "tenant"}


def code(codes: dict[int, str], name: object) -> int | None:
    """Return the number of a choice."""
    return next((number for number, known in codes.items() if known == name), None)
