"""The pods that run mecctl's traffic scripts, and what lets them reach each other: pure."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mecctl.model.images import python_image
from mecctl.model.placement import HOST
from mecctl.probe.pod import LABELS as _LABELS
from mecctl.probe.pod import USER, pod

if TYPE_CHECKING:
    from mecctl.model import Site

Object = dict[str, Any]
Role = Literal["listen", "attempt", "peer", "agent"]

NAMESPACE = "mecctl-probe"
"""The probe's own namespace: what stands in it is no slice's."""
PART = "mecctl.io/probe"
"""The label that tells the roles of probe pods apart; its value is the role."""
LABELS = {**_LABELS, PART: "slices"}
_SCRIPTS = {"listen": "walls", "attempt": "walls", "peer": "flows", "agent": "flows"}
_LIFETIMES = {"listen": 120, "attempt": 60, "peer": 1800, "agent": 180}
"""Seconds after which Kubernetes ends a pod even if nobody removes it."""


def actor(site: Site, role: Role, namespace: str, words: Object, cpu: int = 100, node: str | None = None) -> Object:
    """Return a pod that plays a role with `words`; it may use `cpu` millicores, and no end of them if that is 0.

    Pod Security `restricted` admits it. It asks for little, to fit beside the slice's workloads in its quota. With
    `node` it runs there, in the probe's own namespace whatever taints that has; a slice's pod goes the scheduler's way.
    """
    name, labels = f"mecctl-probe-{role}-{secrets.token_hex(4)}", {**_LABELS, PART: role}
    made = pod(name, namespace, labels, _LIFETIMES[role], _container(site, role, words, cpu))
    # Echo requests without a privilege, whatever the runtime's own default is; a safe sysctl.
    own = {"name": "net.ipv4.ping_group_range", "value": f"{USER} {USER}"}
    made["spec"]["securityContext"]["sysctls"] = [own]
    if node:
        anyway = {"nodeName": node, "tolerations": [{"operator": "Exists"}]}
        made["spec"] |= anyway if namespace == NAMESPACE else {"nodeSelector": {HOST: node}}
    return made


def _container(site: Site, role: Role, words: Object, cpu: int) -> Object:
    script = Path(__file__).with_name("inpod") / f"{_SCRIPTS[role]}.py"
    return {
        "image": python_image(site),
        # A lab's image comes with the site's artifacts; its name must not be looked for in any registry.
        "imagePullPolicy": "Never" if site.spec.lab else "IfNotPresent",
        "command": ["python3", "-c", script.read_text(), role, json.dumps(words)],
        "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "resources": {
            "requests": {"cpu": "10m", "memory": "32Mi"},
            "limits": {"memory": "128Mi" if role == "agent" else "64Mi" if cpu else "512Mi"}
            | ({"cpu": f"{cpu}m"} if cpu else {}),
        },
    }


def own_namespace() -> Object:
    """Return the probe's namespace, which takes no other pods than such."""
    level = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": {**LABELS, **level}}}


def opening(namespace: str) -> Object:
    """Return what lets only the agents of a slice's namespace out, and only to the probe's peers."""
    peers = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}},
        "podSelector": {"matchLabels": {PART: "peer"}},
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": NAMESPACE, "namespace": namespace, "labels": LABELS},
        "spec": {
            "podSelector": {"matchLabels": {**_LABELS, PART: "agent"}},
            "policyTypes": ["Egress"],
            "egress": [{"to": [peers]}],
        },
    }
