"""What the cluster says about the site's nodes, slices and workloads."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mecctl.cluster.suited import notes
from mecctl.engine.kube import KubeClient
from mecctl.engine.kube.config import load
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.model import Site, Workload
    from mecctl.sitefile import SiteFolder

Object = dict[str, Any]


@dataclass(frozen=True)
class NodeStatus:
    """A machine as a node of the cluster; `reason` says why it isn't ready."""

    name: str
    ready: bool
    version: str
    arch: str
    reason: str = ""


@dataclass(frozen=True)
class SliceStatus:
    """A slice and whether its namespace is there."""

    name: str
    snssai: str
    namespace: str
    ready: bool


@dataclass(frozen=True)
class WorkloadStatus:
    """A workload; `ready` when all `wanted` replicas of what the site declares are."""

    name: str
    slice: str
    ready: bool
    replicas: int
    wanted: int


@dataclass(frozen=True)
class Status:
    """A whole site as its cluster sees it; `kubeconfig` is the path of the file that leads to it.

    `notes` say what of the site file the cluster can't honour.
    `certificate_days` is for how many days its certificate holds; None for a kubeconfig without one.
    """

    site: str
    kubeconfig: str
    nodes: tuple[NodeStatus, ...]
    slices: tuple[SliceStatus, ...]
    workloads: tuple[WorkloadStatus, ...]
    notes: tuple[str, ...] = ()
    certificate_days: float | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that the site declares is there and ready."""
        parts: tuple[NodeStatus | SliceStatus | WorkloadStatus, ...] = (*self.nodes, *self.slices, *self.workloads)
        return all(part.ready for part in parts)

    def to_json(self) -> dict[str, Any]:
        """Return `{site, ok, kubeconfig, nodes, slices, workloads, notes, certificateDays}`."""
        found = asdict(self)
        days = found.pop("certificate_days")
        return {"site": found.pop("site"), "ok": self.ok, **found, "certificateDays": days}


def status(folder: SiteFolder) -> Status:
    """Look at the site's cluster; raises UnreachableError when it isn't there or doesn't answer."""
    kubeconfig = folder.state / "kubeconfig"
    with connect(kubeconfig, folder.site) as client:
        found = look(client, folder.site, str(kubeconfig))
    ends = load(kubeconfig).credential.expires()
    left = (ends - datetime.now(UTC)) / timedelta(days=1) if ends else None
    return replace(found, certificate_days=left if left is None else round(left, 1))


def connect(kubeconfig: Path, site: Site, timeout: float = 30.0) -> KubeClient:
    """Return a client to the site's cluster.

    Raises UnreachableError while the site has none, MecctlError when the kubeconfig's certificate has expired.
    """
    if not kubeconfig.exists():
        raise UnreachableError(
            f"{site.name} has no cluster yet",
            why=f"there is no {kubeconfig}",
            fix=f"mecctl site up {site.name}",
        )
    connection = load(kubeconfig)
    ends = connection.credential.expires()
    if ends and ends < datetime.now(UTC):
        raise MecctlError(
            f"the administrator's certificate expired on {ends:%Y-%m-%d %H:%M} UTC",
            where=str(kubeconfig),
            fix=f"mecctl site rotate {site.name} certs",
        )
    return KubeClient.connected(connection, timeout)


def look(client: KubeClient, site: Site, kubeconfig: str) -> Status:
    """Read the site's parts from the cluster, each declared one in the site file's order."""
    nodes = {node["metadata"]["name"]: node for node in client.list("v1", "Node")}
    namespaces = {one["metadata"]["name"]: one for one in client.list("v1", "Namespace")}
    running = {
        (kind, one["metadata"]["namespace"], one["metadata"]["name"]): one
        for api, kind in {("apps/v1", "Deployment"), *(site.runs_as(work) for work in site.workloads)}
        for one in client.list(api, kind)
    }
    return Status(
        site.name,
        kubeconfig,
        tuple(node_status(node.name, nodes.get(node.name)) for node in site.nodes),
        tuple(
            SliceStatus(part.name, str(part.snssai), part.namespace, _active(namespaces.get(part.namespace)))
            for part in site.slices
        ),
        tuple(
            workload_status(work, running.get((site.runs_as(work)[1], site.slice(work.slice).namespace, work.name)))
            for work in site.workloads
        ),
        notes(client, site),
    )


def node_status(name: str, node: Object | None) -> NodeStatus:
    """Return what a Node object says; without one the machine hasn't joined."""
    if node is None:
        return NodeStatus(name, ready=False, version="", arch="", reason="it has not joined the cluster")
    info = node["status"].get("nodeInfo", {})
    kind = {"version": info.get("kubeletVersion", ""), "arch": info.get("architecture", "")}
    for condition in node["status"].get("conditions", ()):
        if condition["type"] == "Ready":
            ready = condition["status"] == "True"
            reason = "" if ready else condition.get("message") or condition.get("reason", "")
            return NodeStatus(name, ready=ready, reason=reason, **kind)
    return NodeStatus(name, ready=False, reason="its kubelet has not reported yet", **kind)


def _active(namespace: Object | None) -> bool:
    return namespace is not None and namespace["status"].get("phase") == "Active"


def workload_status(work: Workload, live: Object | None) -> WorkloadStatus:
    """Return what the object of a workload says; how many replicas the load asks for is that object's word."""
    found = live.get("status", {}) if live else {}
    if live and "runStrategy" in live.get("spec", {}):  # KubeVirt's machine is one, and says itself whether it is ready
        return WorkloadStatus(work.name, work.slice, bool(found.get("ready")), int(bool(found.get("ready"))), 1)
    current = live is not None and found.get("observedGeneration") == live["metadata"]["generation"]
    replicas = min(found.get("readyReplicas", 0), found.get("updatedReplicas", 0)) if current else 0
    wanted = work.fewest
    if live and (work.scale or work.carried):  # of what is at another site with its volumes nothing is wanted here
        wanted = max(work.fewest if work.scale else 0, live["spec"].get("replicas", 1))
    return WorkloadStatus(work.name, work.slice, replicas >= wanted, replicas, wanted)
