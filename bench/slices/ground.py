"""What all parts share: the probe's own stage, and pods on it that run the bench's scripts."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mecctl.engine.kube import KubeClient
from mecctl.model import Slice
from mecctl.probe.actors import NAMESPACE, actor, opening
from mecctl.probe.pod import SELECTOR
from mecctl.probe.stage import Stage
from mecctl.sitefile import SiteFolder

Object = dict[str, Any]
Row = dict[str, Any]
Result = dict[str, Any]

PORT = 9000
LISTENER = {"bench.mecctl.io/role": "listener"}
_HERE = Path(__file__).parent
_SHELL = "mecctl.io/probe:1"
_GONE = 120.0


class Ground(Stage):
    """The stage of one part; pods have gone, not only been told to, before it and after it."""

    def __init__(self, client: KubeClient, folder: SiteFolder) -> None:
        super().__init__(client, folder.site)
        self.folder = folder
        self.shaped = sorted((one for one in folder.site.slices if maximum(one)), key=maximum)
        self.plain = next(one for one in folder.site.slices if one.throughput is None)

    def clear(self) -> None:
        super().clear()
        end = time.monotonic() + _GONE
        while self.client.list("v1", "Pod", label_selector=SELECTOR) and time.monotonic() < end:
            time.sleep(0.2)

    def nodes(self) -> list[str]:
        """Two nodes, those without taints first."""
        found = sorted(self.client.list("v1", "Node"), key=lambda node: bool(node["spec"].get("taints")))
        return [node["metadata"]["name"] for node in found][:2]

    def peers(self) -> dict[str, str]:
        """Start the probe's peer on each node and let the agents of all slices out to them; addresses by node."""
        self.allow(opening(part.namespace) for part in self.site.slices)
        pods = self.start([actor(self.site, "peer", NAMESPACE, {}, cpu=0, node=node) for node in self.nodes()])
        self.all_results(pods, "ready")
        return {pod["spec"]["nodeName"]: pod["status"]["podIP"] for pod in pods}

    def agent(self, namespace: str, words: Object, node: str | None = None) -> Object:
        """The probe's agent, with all of the CPU."""
        return actor(self.site, "agent", namespace, words, 2000, node)

    def python(self, role: str, verb: str, namespace: str, words: Object, node: str | None = None) -> Object:
        """A pod that does what inpod.py calls `verb`, as a peer or an agent of the probe."""
        made = actor(self.site, role, namespace, {}, 2000, node)
        made["spec"]["containers"][0]["command"] = [
            *("python3", "-c", (_HERE / "inpod.py").read_text(), verb, json.dumps(words))
        ]
        made["metadata"]["labels"] |= LISTENER if role == "peer" else {}
        return made

    def shell(self, namespace: str, command: Sequence[str], node: str | None = None) -> Object:
        """A pod that runs what starts fastest; of a role that no opening is for."""
        made = actor(self.site, "attempt", namespace, {}, 1000, node)
        made["spec"]["activeDeadlineSeconds"] = 900
        made["spec"]["containers"][0] |= {"image": _SHELL, "command": list(command)}
        return made


def shout(name: str, seconds: float, hosts: Iterable[str]) -> list[str]:
    """The command of a pod that sends numbered datagrams from its first instruction."""
    return ["bash", "-c", (_HERE / "shout.sh").read_text(), "shout", name, str(seconds), *hosts]


def maximum(part: Slice) -> int:
    """The downlink maximum, 0 where there is none."""
    return (part.throughput and part.throughput.downlink and part.throughput.downlink.maximum) or 0


def guaranteed(part: Slice) -> int:
    """The downlink guarantee, 0 where there is none."""
    return (part.throughput and part.throughput.downlink and part.throughput.downlink.guaranteed) or 0


def share(count: int, of: int) -> float:
    return count / of if of else math.nan


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` of all don't exceed."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)] if values else math.nan
