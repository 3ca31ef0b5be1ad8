"""Openings between two slices, as stacks/components/openings.py makes them: how long until they let through.

The two pods are on different nodes, so that the policies must have reached both. Time counts from the answer to the
second of the pair; what it has let through before that answer was read here is less than 0.
"""

from __future__ import annotations

import time

from bench.slices.ground import LISTENER, PORT, Ground, Object, Result, quantile
from mecctl.model import Slice
from mecctl.probe.actors import LABELS
from mecctl.probe.pods import read

CLOSED, PATIENCE = 1.0, 20.0


def measure(ground: Ground, rounds: int) -> Result:
    source, target = ground.shaped[0], ground.shaped[-1]
    here, there = ground.nodes()[0], ground.nodes()[-1]
    (door,) = ground.start([ground.python("peer", "door", target.namespace, {}, there)])
    ground.results(door, "ready")
    words = {"to": door["status"]["podIP"]}
    pod = ground.python("agent", "knock", source.namespace, words, here)
    pod["spec"]["activeDeadlineSeconds"] = 1800
    (pod,) = ground.start([pod])
    time.sleep(CLOSED)
    assert not ground.printed(pod), "it got through without an opening"
    opened = []
    for number in range(rounds):
        policies = pair(source, target)
        for policy in policies:
            ground.client.create(policy)
        answered = time.time()
        opened.append(_told(ground, pod, "open", number) - answered)
        for policy in policies:
            ground.client.delete(policy)
        _told(ground, pod, "closed", number)
    row = {
        "openings": rounds,
        **{f"p{part}": quantile(opened, part / 100) for part in (50, 95, 99)},
        "min": min(opened),
        "max": max(opened),
    }
    return {"rows": [row], "seconds to open": opened}


def _told(ground: Ground, pod: Object, what: str, number: int) -> float:
    """When the pod saw it happen for the time after `number` times."""

    def all_told(found: list[Object]) -> bool:
        return sum(what in one for one in found) > number

    where = pod["metadata"]
    found = read(ground.client, where["namespace"], where["name"], all_told, PATIENCE)
    return float([one[what] for one in found if what in one][number])


def pair(source: Slice, target: Slice) -> list[Object]:
    """The two NetworkPolicies of one opening."""
    ports = [{"protocol": "TCP", "port": PORT}]
    to = {"namespaceSelector": _namespace(target), "podSelector": {"matchLabels": LISTENER}}
    out = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [to], "ports": ports}]}
    into = {
        "podSelector": {"matchLabels": LISTENER},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"namespaceSelector": _namespace(source)}], "ports": ports}],
    }
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "mecctl-bench", "namespace": part.namespace, "labels": LABELS},
            "spec": spec,
        }
        for part, spec in ((source, out), (target, into))
    ]


def _namespace(part: Slice) -> Object:
    return {"matchLabels": {"kubernetes.io/metadata.name": part.namespace}}
