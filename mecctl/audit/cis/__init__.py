"""The CIS Kubernetes Benchmark v1.12: 131 controls, titles and reasons in our own words.

The "manual" ones are answered from evidence as well. K3s's ways are those of its self-assessment for the same version
(https://docs.k3s.io/security/self-assessment-1.12).
"""

from __future__ import annotations

from mecctl.audit.cis import (
    accounts,
    apiserver,
    controllers,
    etcd,
    kubelet,
    manifests,
    nodefiles,
    pods,
    policies,
    roles,
)
from mecctl.audit.control import Benchmark

CIS = Benchmark(
    "cis",
    "CIS Kubernetes Benchmark v1.12",
    (
        *manifests.CONTROLS,
        *apiserver.CONTROLS,
        *controllers.CONTROLS,
        *etcd.CONTROLS,
        *accounts.CONTROLS,
        *nodefiles.CONTROLS,
        *kubelet.CONTROLS,
        *roles.CONTROLS,
        *pods.CONTROLS,
        *policies.CONTROLS,
    ),
)
