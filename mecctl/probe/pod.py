"""The short-lived pod that tries things from inside a slice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.probe.attempts import Attempt

IMAGE = "mecctl.io/probe:1"
LABELS = {"app.kubernetes.io/name": "mecctl-probe", "app.kubernetes.io/managed-by": "mecctl"}
SELECTOR = ",".join(f"{key}={value}" for key, value in LABELS.items())
LIFETIME = 60
"""Seconds after which Kubernetes ends the pod even if nobody removes it."""

_SCRIPT = Path(__file__).with_name("attempts.sh")
_BEFORE_ATTEMPTS = 4  # bash, -c, the script, its name
_VERBS = {"dns": "name", "answers": "open", "opened": "open", "refused": "closed"}


def probe_pod(name: str, namespace: str, attempts: Iterable[tuple[int, Attempt]]) -> dict[str, Any]:
    """Return a pod that makes the attempts (with their ids) and ends; Pod Security `restricted` admits it.

    Its labels are no workload's, so that it is no part of any Service. It asks for little, to fit beside the slice's
    workloads in its quota.
    """
    arguments = [f"{index} {_VERBS[one.kind]} {one.host} {one.port}" for index, one in attempts if one.host]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": LABELS},
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": LIFETIME,
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "dnsConfig": {"options": [{"name": "timeout", "value": "1"}, {"name": "attempts", "value": "2"}]},
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "runAsGroup": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [_container(arguments)],
        },
    }


def expected(pod: dict[str, Any]) -> int:
    """Return how many results a probe pod prints."""
    return len(pod["spec"]["containers"][0]["command"]) - _BEFORE_ATTEMPTS


def _container(arguments: list[str]) -> dict[str, Any]:
    return {
        "name": "probe",
        "image": IMAGE,
        # It comes with the site's artifacts; its name must not be looked for in any registry.
        "imagePullPolicy": "Never",
        "command": ["bash", "-c", _SCRIPT.read_text(), "probe", *arguments],
        "resources": {
            "requests": {"cpu": "10m", "memory": "16Mi"},
            "limits": {"cpu": "200m", "memory": "64Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
