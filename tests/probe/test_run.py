import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError
from mecctl.probe.attempts import Attempt
from mecctl.probe.run import run
from tests.stacks.rendering import URLLC, VIDEO, site

SITE = site(slices=[VIDEO, URLLC])
ATTEMPTS = [
    Attempt("video", "dns", "kubernetes.default.svc", "kubernetes.default.svc"),
    Attempt("urllc", "dns", "kubernetes.default.svc", "kubernetes.default.svc"),
]
Object = dict[str, Any]


class Cluster:
    """Runs pods in words: each created one goes through `states`, and its log answers every attempt."""

    def __init__(self, *states: Object) -> None:
        self.states = states
        self.created: list[Object] = []
        self.deleted: list[str] = []
        self.left: list[Object] = []
        self.events: list[Object] = []
        self.refusal: KubeError | None = None
        self.read: Callable[[], object] = lambda: None

    def list(self, _: str, kind: str, *__: str, **___: str) -> list[Object]:
        if kind == "Namespace":
            return [
                {"metadata": {"name": part.namespace, "labels": {"mec.io/slice": part.name}}} for part in SITE.slices
            ]
        return self.events if kind == "Event" else self.left

    def create(self, pod: Object) -> None:
        if self.refusal:
            raise self.refusal
        self.created.append({**pod, "kind": "Pod", "metadata": {**pod["metadata"], "uid": "1"}})

    def delete(self, pod: Object) -> bool:
        self.deleted.append(f"{pod['metadata']['namespace']}/{pod['metadata']['name'].rpartition('-')[0]}")
        return True

    def watch(self, *_: str, **__: Any) -> Iterator[Any]:
        yield SimpleNamespace(type="SYNCED", object={})
        for state in self.states:
            for pod in [*self.left, *self.created]:
                yield SimpleNamespace(type="MODIFIED", object={**pod, "status": state})

    def request(self, _: str, path: str, **__: Any) -> str:
        self.read()
        pod = next(pod for pod in self.created if f"/{pod['metadata']['namespace']}/" in path)
        attempts = pod["spec"]["containers"][0]["command"][4:]
        said = [json.dumps({"id": int(one.split()[0]), "address": path}) for one in attempts]
        return "\n".join(["curl: (28) noise", *said])


def probe(cluster: Cluster) -> dict[int, Object]:
    client: Any = cluster
    return run(client, SITE, ATTEMPTS)


def waits(reason: str) -> Object:
    waiting = {"reason": reason, "message": f"{reason} it says"}
    return {"phase": "Pending", "containerStatuses": [{"state": {"waiting": waiting}}]}


def test_one_pod_a_slice_and_none_is_left():
    cluster = Cluster({"phase": "Pending"}, waits("ContainerCreating"), {"phase": "Running"})

    found = probe(cluster)

    assert [pod["metadata"]["namespace"] for pod in cluster.created] == ["slice-1-0000a1", "slice-2"]
    assert sorted(found) == [0, 1]
    assert "/slice-2/" in found[1]["address"]
    assert cluster.deleted == ["slice-1-0000a1/mecctl-probe", "slice-2/mecctl-probe"]


def test_a_killed_runs_pods_go_first_and_are_not_listened_to():
    cluster = Cluster({"phase": "Running"})
    cluster.left = [{"metadata": {"namespace": "slice-2", "name": "mecctl-probe-0ld"}, "spec": {}}]

    probe(cluster)

    assert cluster.deleted[0] == "slice-2/mecctl-probe"
    assert len(cluster.deleted) == 3


@pytest.mark.parametrize("reason", ["ErrImageNeverPull", "ImagePullBackOff"])
def test_a_node_without_the_image_is_named(reason):
    cluster = Cluster(waits(reason))

    with pytest.raises(MecctlError, match="probe:1 isn't on the node") as caught:
        probe(cluster)

    assert caught.value.why == f"{reason} it says"
    assert len(cluster.deleted) == 2


def test_a_container_that_cannot_start():
    with pytest.raises(MecctlError, match="can't start"):
        probe(Cluster(waits("CreateContainerConfigError")))


def test_a_pod_that_finds_no_node_says_why():
    full = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "message": "no CPU left"}]}

    with pytest.raises(MecctlError, match="2 probe pods did not start") as caught:
        probe(Cluster(full))

    assert caught.value.why == "slice video (slice-1-0000a1): no CPU left; slice urllc (slice-2): no CPU left"


def test_what_holds_a_pod_back_is_told():
    cluster = Cluster({"phase": "Pending"})
    cluster.events = [{"reason": "FailedCreatePodSandBox", "message": "the slice agent does not answer"}]

    with pytest.raises(MecctlError) as caught:
        probe(cluster)

    held = "slice urllc (slice-2): Pending: FailedCreatePodSandBox: the slice agent does not answer"
    assert held in str(caught.value.why)


def test_a_quota_without_room_is_told():
    cluster = Cluster()
    cluster.refusal = KubeError(403, "Forbidden", "exceeded quota: slice, requested: pods=1")

    with pytest.raises(MecctlError, match="is not admitted to slice-1-0000a1") as caught:
        probe(cluster)

    assert "exceeded quota" in (caught.value.why or "")


def test_room_that_a_leaving_pod_gives_back_is_waited_for(monkeypatch):
    cluster, tried = Cluster({"phase": "Running"}), []
    leaving = {"metadata": {"name": "old-1", "namespace": "slice-1-0000a1", "deletionTimestamp": "now"}, "status": {}}

    def create(pod: Object) -> None:
        tried.append(pod)
        if len(tried) == 1:
            cluster.left = [leaving]
            raise KubeError(403, "Forbidden", "exceeded quota: slice")
        cluster.left = []
        Cluster.create(cluster, pod)

    monkeypatch.setattr(cluster, "create", create)
    monkeypatch.setattr(cluster, "stop", SimpleNamespace(pause=lambda _: None), raising=False)

    assert probe(cluster)
    assert len(tried) == 3


def test_an_interrupt_leaves_no_pod_behind():
    cluster = Cluster({"phase": "Running"})
    ended = threading.Event()

    def interrupt(self: Cluster, *_: str, **__: Any) -> Iterator[Any]:
        yield SimpleNamespace(type="ADDED", object={**self.created[0], "status": {"phase": "Running"}})
        raise KeyboardInterrupt

    cluster.read = lambda: ended.wait(5)
    cluster.watch = interrupt.__get__(cluster)  # type: ignore[method-assign]

    with pytest.raises(KeyboardInterrupt):
        probe(cluster)

    assert len(cluster.deleted) == 2
    ended.set()
