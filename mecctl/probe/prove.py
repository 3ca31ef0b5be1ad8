"""The proof at the end of `up`: nodes, DNS, workloads and the walls between slices, by real traffic."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeClient
from mecctl.plan.check import Check
from mecctl.probe.attempts import attempts
from mecctl.probe.run import run
from mecctl.probe.settling import SETTLE, api_address, look, settled
from mecctl.probe.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mecctl.model import Site
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

TASK = "proof by traffic"


def prove(folder: SiteFolder, kubeconfig: Path, progress: Progress) -> tuple[Check, ...]:
    """Measure what the site promises; every check is there whether it holds or not.

    Kinds: `ready` (a node), `dns` (a Service's name from inside a slice), `answers` (a workload inside its slice),
    `opened` and `refused` (a workload from another slice). Raises MecctlError when the probes can't run.
    """
    site = folder.site
    progress.begin(TASK)
    try:
        with KubeClient.from_kubeconfig(kubeconfig) as client:
            nodes = {node["metadata"]["name"]: node for node in client.list("v1", "Node")}
            ready = tuple(_ready(node.name, nodes) for node in site.nodes)
            return (*ready, *_traffic(client, site)) if site.slices else ready
    finally:
        progress.end(TASK)


def _traffic(client: KubeClient, site: Site) -> tuple[Check, ...]:
    """Try everything, and again if something failed while its target moved: that says nothing of the promise."""
    until = time.monotonic() + SETTLE
    api = api_address(client)
    while True:
        found = settled(client, site, until)
        tried = attempts(site, found, api)
        checks = judge(tried, run(client, site, tried))
        if all(check.ok for check in checks) or time.monotonic() > until or look(client) == found:
            return checks


def _ready(name: str, nodes: Mapping[str, dict[str, Any]]) -> Check:
    conditions = nodes[name]["status"].get("conditions", ()) if name in nodes else ()
    found = next((one for one in conditions if one["type"] == "Ready"), None)
    ok = found is not None and found["status"] == "True"
    measured = "Ready" if ok else "not in the cluster"
    if found and not ok:
        measured = found.get("message") or found.get("reason", "not Ready")
    return Check("ready", None, name, "Ready", measured, "", ok)
