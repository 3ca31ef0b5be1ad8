"""A pod that waits for volumes goes where its workload isn't, and nowhere else."""

import json
from typing import Any

import pytest

from mecctl.cluster.moving import leftover
from mecctl.cluster.moving.pod import VolumesPod
from mecctl.engine.kube import KubeError
from mecctl.model import Site
from tests.stacks.rendering import CACHE, URLLC, VIDEO, site

VOLUMES = {
    "mobility": {"mode": "without-confirmation", "home": "north", "context": {"volumes": True}},
    "storage": [{"name": "data", "path": "/data", "size": "1Gi"}],
    "replicas": 1,
}


class Client:
    """A site's API with one workload's record and the pods that are asked for."""

    def __init__(self, mode: str | None, replicas: int | None) -> None:
        self.mode, self.replicas = mode, replicas

    def get(self, _api: str, kind: str, *_: Any) -> dict[str, Any]:
        if (self.mode if kind == "ConfigMap" else self.replicas) is None:
            raise KubeError(404, "NotFound", "not found")
        if kind == "StatefulSet":
            return {"spec": {"replicas": self.replicas}}
        told = {"mode": self.mode, "epoch": 1, "peer": "", "source": "", "target": "", "was": None}
        return {"data": {"state": json.dumps(told)}, "metadata": {"resourceVersion": "1"}}


@pytest.mark.parametrize(
    ("mode", "replicas", "goes"),
    [
        (None, 1, True),
        ("peer", 1, True),
        ("closed", 1, True),
        ("closed", 0, False),
        ("closed", None, False),
        ("moving", 1, False),
        ("local", 1, False),
    ],
)
def test_only_what_waits_in_vain_goes(monkeypatch, mode, replicas, goes):
    ended: list[str] = []
    monkeypatch.setattr(VolumesPod, "end", lambda self: ended.append(self.work.name))
    whole = Site.model_validate(site(slices=[VIDEO, URLLC], workloads=[CACHE | VOLUMES], lab={}))
    client: Any = Client(mode, replicas)

    planned = leftover.plan(client, whole)
    done = leftover.end(client, whole)

    assert planned == done
    assert ended == (["cache"] if goes else [])
    assert [change.subject for change in done] == (["workloads: v1/Pod slice-1-0000a1/cache-0"] if goes else [])


def test_a_workload_without_volumes_to_carry_is_not_asked_for():
    whole = Site.model_validate(site(slices=[VIDEO, URLLC], workloads=[CACHE], lab={}))

    assert leftover.plan(Client(None, None), whole) == ()  # type: ignore[arg-type]
