"""A node full of pods of one slice, all started at once, and what the agent costs beside them; on a lab."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.slices.ground import Ground, Object, Result
from mecctl.lab.names import Names
from mecctl.probe.pod import SELECTOR
from mecctl.probe.pods import create

IDLE, PATIENCE = 60.0, 300.0
MIB = 1024
_TICKS = 100
_AGENT = """
pid=$(pgrep -f '^python3 -BIS /opt/sliceagent') || exit 1
awk '/^(Rss|Pss):/ {print $2}' /proc/$pid/smaps_rollup
sed 's/.*) //' /proc/$pid/stat | awk '{print $12 + $13}'
"""
_FILTERS = """
for device in $(ip -o link | grep -o 'lxc[0-9a-f]*@' | tr -d @); do
    into=$(tc filter show dev $device ingress | grep -c mecctl-)
    out=$(tc filter show dev $device egress | grep -c mecctl-)
    echo $device $((into > 0)) $((out > 0))
done
"""


@dataclass(frozen=True)
class Usage:
    """The agent's memory in KiB, and its CPU time so far in seconds."""

    rss: int
    pss: int
    cpu: float


def measure(ground: Ground, wanted: int) -> Result:
    node = ground.nodes()[0]
    inside = Names(ground.folder.site.name, ground.folder.path).node(node)
    here = ground.client.get("v1", "Node", node)["status"]["allocatable"]["pods"]
    there = ground.client.list("v1", "Pod", field_selector=f"spec.nodeName={node}")
    count = min(wanted, int(here) - len(there))
    part = ground.shaped[0]
    before, known = _agent(inside), _devices(inside)
    pods = [ground.shell(part.namespace, ["sleep", "infinity"], node) for _ in range(count)]
    for pod in pods:
        pod["spec"]["containers"][0]["resources"]["requests"] = {"cpu": "5m", "memory": "8Mi"}
    began = time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda pod: create(ground.client, pod, 10.0), pods))
    created = time.monotonic() - began
    all_ready = _ready(ground, count)
    ready = time.monotonic() - began
    started = _agent(inside)
    found = {device: hooks for device, hooks in _devices(inside).items() if device not in known}
    time.sleep(5)
    first, begun = _agent(inside), time.monotonic()
    time.sleep(IDLE)
    last = _agent(inside)
    cpu = (last.cpu - first.cpu) / (time.monotonic() - begun)
    ground.remove(pods)
    row = {
        "pods": count,
        "beside": len(there),
        "created s": created,
        "ready": all_ready,
        "after s": ready,
        "devices": len(found),
        "with both filters": sum(hooks == (True, True) for hooks in found.values()),
        "RSS MiB": last.rss / MIB,
        "PSS MiB": last.pss / MIB,
        "idle CPU %": 100 * cpu,
        "RSS MiB before": before.rss / MIB,
        "start CPU s": started.cpu - before.cpu,
    }
    return {"rows": [row]}


def _ready(ground: Ground, count: int) -> int:
    """Wait until all pods are ready; return how many were when that was so or the time was over."""
    seen: set[str] = set()
    for event in ground.client.watch("v1", "Pod", label_selector=SELECTOR, timeout=PATIENCE):
        if event.type != "SYNCED" and _is_ready(event.object):
            seen.add(event.object["metadata"]["name"])
        if len(seen) == count:
            break
    return len(seen)


def _is_ready(pod: Object) -> bool:
    conditions = pod["status"].get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _agent(container: str) -> Usage:
    rss, pss, ticks = _run(container, _AGENT).split()
    return Usage(int(rss), int(pss), int(ticks) / _TICKS)


def _devices(container: str) -> dict[str, tuple[bool, bool]]:
    """Pods' devices on the node, and whether the agent's programs are at each one's ingress and egress."""
    rows = [line.split() for line in _run(container, _FILTERS).splitlines()]
    return {device: (into == "1", out == "1") for device, into, out in rows}


def _run(container: str, script: str) -> str:
    words = ["podman", "exec", container, "bash", "-c", script]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
