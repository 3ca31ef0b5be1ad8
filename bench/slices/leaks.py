"""Fresh pods that send datagrams where their policies don't let them, from their first instruction on.

Listeners are in another slice, and outside of all slices, where only the sender's own walls stand; of each kind one on
every node. That they count is shown by one more pod in each listener's namespace, which sends in the same way.
"""

from __future__ import annotations

import time

from bench.slices.ground import Ground, Object, Result, guaranteed, shout
from mecctl.probe.actors import NAMESPACE
from mecctl.probe.pod import SELECTOR
from mecctl.probe.pods import create, started

AT_ONCE, SECONDS, PATIENCE = 20, 1.5, 60.0
START = 180.0
"""Seconds that so many pods get to start on a machine that is busy otherwise."""


def measure(ground: Ground, starts: int) -> Result:
    source = next(part for part in ground.shaped if guaranteed(part))
    target = ground.shaped[-1]
    places = {"another slice": target.namespace, "outside": NAMESPACE}
    made = [
        (kind, ground.python("peer", "crowd", place, {}, node))
        for kind, place in places.items()
        for node in ground.nodes()
    ]
    listeners = ground.start([pod for _, pod in made])
    ground.all_results(listeners, "ready")
    hosts = [pod["status"]["podIP"] for pod in listeners]
    sent: list[Object] = []
    while len(sent) < starts:
        names = [f"p{number}" for number in range(len(sent), min(starts, len(sent) + AT_ONCE))]
        sent += _batch(ground, source.namespace, names, hosts)
    controls = {kind: _batch(ground, place, [f"control-{place}"], hosts)[0] for kind, place in places.items()}
    time.sleep(1)
    rows = []
    seen = [next((line["seen"] for line in reversed(ground.printed(pod)) if "seen" in line), {}) for pod in listeners]
    for (kind, _), pod, found in zip(made, listeners, seen, strict=True):
        leaked = {name: count for name, (count, _) in found.items() if not name.startswith("control")}
        own, first = found.get(f"control-{places[kind]}", (0, None))
        rows.append(
            {
                "listener": f"{kind}, {pod['spec']['nodeName']}",
                "pods": len(sent),
                "sent": sum(one["numbers"] for one in sent),
                "refused": sum(one["numbers"] - one["sent"] // len(hosts) for one in sent),
                "leaked": sum(leaked.values()),
                "of pods": len(leaked),
                "own slice sent": controls[kind]["numbers"],
                "own seen": own,
                "own first": first,
            }
        )
    return {"rows": rows, "seen": seen, "silent pods": sum(one["numbers"] < 200 for one in sent)}


def _batch(ground: Ground, namespace: str, names: list[str], hosts: list[str]) -> list[Object]:
    pods = [ground.shell(namespace, shout(name, SECONDS, hosts)) for name in names]
    for pod in pods:
        create(ground.client, pod)
    pods = started(ground.client, pods, SELECTOR, START)
    results = [found[-1] for found in ground.all_results(pods, within=PATIENCE)]
    ground.remove(pods)
    return results
