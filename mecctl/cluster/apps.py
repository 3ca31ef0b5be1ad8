"""What runs of a site's workloads: pods, where they are, what image they really have, why one isn't ready."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mecctl.cluster.health import workload_status
from mecctl.cluster.moving.where import where
from mecctl.engine.kube import KubeError
from mecctl.engine.readiness.explain import explain
from mecctl.engine.readiness.verdict import condition, serves
from mecctl.errors import InputError, MecctlError, Problem

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site, Workload

Object = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """One replica; `image` is the digest that the node runs, `reason` why it isn't ready."""

    name: str
    node: str
    address: str
    ready: bool
    restarts: int
    image: str
    reason: str


@dataclass(frozen=True)
class Claim:
    """One claim of a replica's storage, as the cluster has it; `size` is empty while it is not bound."""

    name: str
    phase: str
    size: str
    storage_class: str


@dataclass(frozen=True)
class App:
    """One workload as the cluster sees it; `trouble` is what keeps it from being ready."""

    name: str
    slice: str
    namespace: str
    kind: str
    ready: bool
    replicas: int
    wanted: int
    image: str
    pods: tuple[Pod, ...]
    claims: tuple[Claim, ...]
    trouble: tuple[str, ...]
    at: str = ""
    """Where one is that moves: `here`, `at SITE`, or `moves from SITE to SITE`."""

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form of docs/guide/json.md."""
        value = asdict(self)
        for claim in value["claims"]:
            claim["class"] = claim.pop("storage_class")
        return value


def chosen(site: Site, name: str | None) -> tuple[Workload, ...]:
    """Return the workload of a name, all without one. Raises InputError when there is none of the name."""
    found = tuple(work for work in site.workloads if name in (None, work.name))
    if name and not found:
        known = ", ".join(work.name for work in site.workloads) or "none is declared"
        raise InputError([Problem(site.name, None, "", f"there is no workload {name}", f"one of: {known}")])
    return found


def look(client: KubeClient, site: Site, works: tuple[Workload, ...], *, why: bool = False) -> tuple[App, ...]:
    """Return the workloads as they run; with `why` what keeps one from being ready is asked for too."""
    return tuple(_app(client, site, work, why=why) for work in works)


def pods(client: KubeClient, site: Site, work: Workload) -> list[Object]:
    """Return the pods of a workload, those that are ready first, else by name."""
    namespace = site.slice(work.slice).namespace
    found = client.list(
        "v1", "Pod", namespace, f"app.kubernetes.io/name={work.name},app.kubernetes.io/managed-by=mecctl"
    )
    return sorted(found, key=lambda pod: (not serves(pod), pod["metadata"]["name"]))


def pick(client: KubeClient, site: Site, work: Workload, name: str | None) -> Object:
    """Return the pod of a name, or one that is ready or at least runs. Raises MecctlError when there is none."""
    found = pods(client, site, work)
    able = [pod for pod in found if name in (None, pod["metadata"]["name"])]
    running = [pod for pod in able if pod["status"].get("phase") == "Running"]
    if running:
        return running[0]
    there = ", ".join(pod["metadata"]["name"] for pod in found)
    raise MecctlError(
        f"{work.name} has no running pod" + (f" {name}" if name else ""),
        why=f"its pods are {there}" if there else "it has no pods",
        fix=f"see `mecctl app status {site.name} {work.name}`",
    )


def _app(client: KubeClient, site: Site, work: Workload, *, why: bool) -> App:
    namespace = site.slice(work.slice).namespace
    api, kind = site.runs_as(work)
    live = _get(client, api, kind, work.name, namespace)
    status = workload_status(work, live)
    return App(
        work.name,
        work.slice,
        namespace,
        kind,
        status.ready,
        status.replicas,
        status.wanted,
        work.image,
        tuple(_pod(pod) for pod in pods(client, site, work)) if live else (),
        _claims(client, work, namespace) if work.storage else (),
        _trouble(client, kind, work, live) if why and not status.ready else (),
        where(client, site, work),
    )


def _get(client: KubeClient, api: str, kind: str, name: str, namespace: str) -> Object | None:
    try:
        return client.get(api, kind, name, namespace)
    except KubeError as error:
        if error.missing:
            return None
        raise


def _trouble(client: KubeClient, kind: str, work: Workload, live: Object | None) -> tuple[str, ...]:
    if live is None:
        return (f"there is no {kind} {work.name} in the cluster: the site has not been brought up with it",)
    return tuple(explain(client, live))


def _claims(client: KubeClient, work: Workload, namespace: str) -> tuple[Claim, ...]:
    heads = tuple(f"{one.name}-{work.name}-" for one in work.storage)
    found = client.list("v1", "PersistentVolumeClaim", namespace, f"app.kubernetes.io/name={work.name}")
    return tuple(
        Claim(
            one["metadata"]["name"],
            one["status"].get("phase", ""),
            one["status"].get("capacity", {}).get("storage", ""),
            one["spec"].get("storageClassName") or "",
        )
        for one in found
        if one["metadata"]["name"].startswith(heads)
    )


def _pod(pod: Object) -> Pod:
    status = pod["status"]
    containers = status.get("containerStatuses") or [{}]
    return Pod(
        pod["metadata"]["name"],
        pod["spec"].get("nodeName") or "",
        status.get("podIP") or "",
        serves(pod),
        sum(one.get("restartCount", 0) for one in containers),
        containers[0].get("imageID", "").rpartition("@")[2],
        _reason(pod, containers[0]),
    )


def _reason(pod: Object, container: Object) -> str:
    """Say in a word why a pod isn't ready."""
    if "deletionTimestamp" in pod["metadata"]:
        return "Terminating"
    if serves(pod):
        return ""
    state = container.get("state") or {}
    held = state.get("waiting") or state.get("terminated") or {}
    placed = condition(pod, "PodScheduled")
    if placed.get("status") == "False":
        return str(placed.get("reason", "Unschedulable"))
    return str(held.get("reason") or ("NotReady" if "running" in state else pod["status"].get("phase", "")))
