"""The short-lived pod that tries things from inside a slice, and what all pods of probes have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.probe.attempts import Attempt

IMAGE = "mecctl.io/probe:1"
LABELS = {"app.kubernetes.io/name": "mecctl-probe", "app.kubernetes.io/managed-by": "mecctl"}
SELECTOR = ",".join(f"{key}={value}" for key, value in LABELS.items())
USER = 65532
START = 120.0
"""Seconds that probe pods get to start: their image may have to be pulled, and a node may be slow."""
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
    made = pod(name, namespace, LABELS, LIFETIME, _container(arguments))
    made["spec"]["dnsConfig"] = {"options": [{"name": "timeout", "value": "1"}, {"name": "attempts", "value": "2"}]}
    return made


def pod(name: str, namespace: str, labels: dict[str, str], lifetime: int, container: dict[str, Any]) -> dict[str, Any]:
    """Return a pod of one container that Pod Security `restricted` admits; it lives for `lifetime` seconds at most."""
    least = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": lifetime,
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [{"name": "probe", **container, "securityContext": least}],
        },
    }


def expected(pod: dict[str, Any]) -> int:
    """Return how many results a probe pod prints."""
    return len(pod["spec"]["containers"][0]["command"]) - _BEFORE_ATTEMPTS


def _container(arguments: list[str]) -> dict[str, Any]:
    return {
        "image": IMAGE,
        # It comes with the site's artifacts; its name must not be looked for in any registry.
        "imagePullPolicy": "Never",
        "command": ["bash", "-c", _SCRIPT.read_text(), "probe", *arguments],
        "resources": {
            "requests": {"cpu": "10m", "memory": "16Mi"},
            "limits": {"cpu": "200m", "memory": "64Mi"},
        },
    }
