from typing import Any

import pytest

from tests.stacks.rendering import CACHE, VIDEO, render, site

SCALED = {key: value for key, value in CACHE.items() if key != "replicas"} | {"scale": {"min": 2, "max": 5, "cpu": 60}}
DATA = {"name": "data", "path": "/data", "size": "1Gi"}


def made(**more: Any) -> Any:
    return render("workloads", site(slices=[VIDEO], workloads=[SCALED | more]))


@pytest.mark.parametrize(("storage", "kind"), [([], "Deployment"), ([DATA], "StatefulSet")])
def test_the_autoscaler_writes_the_replicas_of_either_kind(storage, kind):
    found = made(storage=storage)

    spec = found.find("HorizontalPodAutoscaler", "cache")["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": kind, "name": "cache"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
    assert spec["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 60}
    assert "replicas" not in found.find(kind)["spec"]


def test_a_fixed_number_has_no_autoscaler():
    assert render("workloads", site(slices=[VIDEO], workloads=[CACHE])).names("HorizontalPodAutoscaler") == set()
