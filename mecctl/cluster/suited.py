"""Whether a running cluster has what the site's workloads need of it: room, storage, and a word on their load."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mecctl.cluster.room import rooms
from mecctl.engine.kube import KubeError
from mecctl.errors import InputError, Problem
from mecctl.model import KUBEVIRT
from mecctl.plan.placing import PLACED, misfits
from mecctl.sitefile import SITE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site
    from mecctl.sitefile import SiteFolder

_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_METRICS = ("metrics.k8s.io/v1beta1", "PodMetrics")
_PAUSE = 2.0


def check(client: KubeClient, folder: SiteFolder, patience: float = 0.0) -> None:
    """Raise InputError with every workload that fits on no node, or wants storage of a class that isn't there.

    A distribution that brings a StorageClass makes it a little later than its API: `patience` seconds are left to it.
    """
    file, until = f"{folder.path}/{SITE_FILE}", time.monotonic() + patience
    while (lacking := [*_storage(client, folder.site)]) and time.monotonic() < until:
        client.stop.pause(_PAUSE)
    lacking += _machines(client, folder.site)
    placed = [(one.index, "", one.said, PLACED) for one in misfits(folder.site, rooms(client, folder.site))]
    problems = [
        Problem(file, None, f"spec.workloads[{index}]{field}", what, allowed)
        for index, field, what, allowed in (*placed, *lacking)
    ]
    if problems:
        raise InputError(problems)


def notes(client: KubeClient, site: Site) -> tuple[str, ...]:
    """Say what the cluster can't do that the site file asks for, and what happens instead."""
    scaled = [work.name for work in site.workloads if work.scale]
    if not scaled:
        return ()
    try:
        client.served(*_METRICS)
    except KubeError as error:
        why = "has no metrics API" if error.missing else f"has a metrics API that doesn't answer ({error.message})"
        who = ", ".join(scaled)
        return (f"the cluster {why}, so nothing tells the load of {who}: replicas stay at least at scale.min",)
    return ()


def _machines(client: KubeClient, site: Site) -> Iterator[tuple[int, str, str, str]]:
    """A machine that KubeVirt is to run needs a cluster that serves it."""
    asked = [index for index, work in enumerate(site.workloads) if site.runs_as(work) == KUBEVIRT]
    try:
        if asked:
            client.served(*KUBEVIRT)
    except KubeError as error:
        if not error.missing:
            raise
        for index in asked:
            yield (
                index,
                ".vm",
                "the cluster serves no KubeVirt",
                "platform: {machines: {by: qemu}}, or install KubeVirt",
            )


def _storage(client: KubeClient, site: Site) -> Iterator[tuple[int, str, str, str]]:
    if not any(work.storage for work in site.workloads):
        return
    classes = {one["metadata"]["name"]: one["metadata"] for one in client.list("storage.k8s.io/v1", "StorageClass")}
    default = any((one.get("annotations") or {}).get(_DEFAULT) == "true" for one in classes.values())
    known = ", ".join(sorted(classes)) or "none; see `Storage` in docs/guide/workloads.md"
    for index, work in enumerate(site.workloads):
        for at, one in enumerate(work.storage):
            if one.class_ is None and not default:
                what = f"the cluster has no default StorageClass for the volume {one.name} of {work.name}"
                yield index, f".storage[{at}]", what, f"class: with one of the cluster's, which has {known}"
            elif one.class_ is not None and one.class_ not in classes:
                yield index, f".storage[{at}].class", f"the cluster has no StorageClass {one.class_}", f"it has {known}"
