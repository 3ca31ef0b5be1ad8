from pathlib import Path
from typing import Any

import pytest

from mecctl.cluster.suited import check, notes
from mecctl.engine.kube import KubeError
from mecctl.errors import InputError
from mecctl.sitefile import SiteFolder
from tests.cluster.objects import cluster, node
from tests.stacks.rendering import CACHE, VIDEO, site

DATA = {"name": "data", "path": "/data", "size": "1Gi"}
SCALED = {key: value for key, value in CACHE.items() if key != "replicas"} | {"scale": {"max": 3}}


def storage_class(name: str, *, default: bool = False) -> dict[str, Any]:
    marks = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {"metadata": {"name": name, "annotations": marks}}


def told(volume: dict[str, Any], *classes: dict[str, Any], **objects: Any) -> list[str]:
    folder = SiteFolder(Path("/site"), site(slices=[VIDEO], workloads=[CACHE | {"storage": [volume]}]))
    try:
        check(cluster(StorageClass=list(classes), **objects), folder)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("volume", "classes"),
    [(DATA, [storage_class("local-path", default=True)]), (DATA | {"class": "fast"}, [storage_class("fast")])],
)
def test_a_class_that_is_there(volume, classes):
    assert told(volume, *classes) == []


def test_no_default_class():
    assert told(DATA, storage_class("fast"), storage_class("slow")) == [
        (
            "/site/site.yaml: spec.workloads[0].storage[0]: the cluster has no default StorageClass for the volume "
            "data of cache; class: with one of the cluster's, which has fast, slow"
        )
    ]


def test_a_class_that_is_not_there_in_a_cluster_that_has_none():
    assert told(DATA | {"class": "fast"}) == [
        (
            "/site/site.yaml: spec.workloads[0].storage[0].class: the cluster has no StorageClass fast; it has none; "
            "see `Storage` in docs/guide/workloads.md"
        )
    ]


def test_a_workload_that_nothing_has_room_for():
    full = node("edge-2")
    full["status"]["allocatable"] = {"cpu": "10m", "memory": "1Gi"}
    (found,) = told(DATA, storage_class("x", default=True), Node=[full])

    assert found.startswith("/site/site.yaml: spec.workloads[0]: cache (2 x 50m CPU and 64Mi memory) fits on no node: ")
    assert "edge-2 has 10m of 10m CPU left" in found


class Metrics:
    def __init__(self, error: KubeError | None = None) -> None:
        self.error = error

    def served(self, *_: str) -> None:
        if self.error:
            raise self.error


def said(*works: Any, error: KubeError | None = None) -> tuple[str, ...]:
    client: Any = Metrics(error)
    return notes(client, site(slices=[VIDEO], workloads=list(works)))


def test_a_scale_that_nothing_is_measured_for():
    assert said(SCALED, error=KubeError(404, "NoKind", "")) == (
        ("the cluster has no metrics API, so nothing tells the load of cache: replicas stay at least at scale.min"),
    )
    (gone,) = said(SCALED, error=KubeError(503, "ServiceUnavailable", "no endpoints"))
    assert "has a metrics API that doesn't answer (no endpoints)" in gone


def test_nothing_to_say():
    assert said(SCALED) == said(CACHE, error=KubeError(404, "NoKind", "")) == ()
