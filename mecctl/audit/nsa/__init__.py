"""The NSA/CISA Kubernetes Hardening Guidance v1.2 as Kubescape's "NSA" numbers it: 26 controls, in our words."""

from __future__ import annotations

from mecctl.audit.control import Benchmark
from mecctl.audit.nsa import controlplane, objects

NSA = Benchmark(
    "nsa",
    "NSA/CISA Kubernetes Hardening Guidance v1.2",
    tuple(sorted((*objects.CONTROLS, *controlplane.CONTROLS), key=lambda control: control.id)),
)
