"""Workloads as they run, from what the API shows."""

from typing import Any

import pytest

from mecctl.cluster import applogs, apps
from mecctl.engine.kube import KubeError
from mecctl.errors import InputError, MecctlError
from tests.cluster.objects import deployment
from tests.stacks.rendering import CACHE, CONTROL, URLLC, VIDEO, site

STORED = CACHE | {"storage": [{"name": "data", "path": "/data", "size": "1Gi"}], "replicas": 1}


def pod(name: str, *, ready: str = "True", state: Any = None, phase: str = "Running", **metadata: Any) -> Any:
    status = {"name": "cache", "imageID": "x/web@sha256:abc", "restartCount": 2, "state": state or {"running": {}}}
    return {
        "metadata": {"name": name, "namespace": "slice-1-0000a1", **metadata},
        "spec": {"nodeName": "edge-2"},
        "status": {
            "phase": phase,
            "podIP": "10.42.1.5",
            "conditions": [{"type": "Ready", "status": ready}],
            "containerStatuses": [status],
        },
    }


class Client:
    """An API of one namespace."""

    def __init__(self, **objects: list[Any]) -> None:
        self.objects = objects

    def get(self, _: str, kind: str, name: str, namespace: str) -> Any:
        for one in self.objects.get(kind, []):
            if (one["metadata"]["namespace"], one["metadata"]["name"]) == (namespace, name):
                metadata = {"uid": "1", **one["metadata"]}
                return {"kind": kind, "spec": {"selector": {"matchLabels": {"a": "b"}}}, **one, "metadata": metadata}
        raise KubeError(404, "NotFound", "no")

    def list(self, _: str, kind: str, *_selectors: str, **__: Any) -> list[Any]:
        return self.objects.get(kind, [])

    def logs(self, _: str, pod: str, container: str | None = None, *, tail: int, previous: bool) -> str:
        return f"{pod} {tail} {previous}\nlast\n"

    def follow_logs(self, _: str, pod: str, tail: int) -> Any:
        if pod == "broken":
            raise KubeError(400, "BadRequest", "it isn't running")
        yield from (f"{pod} {n}" for n in range(tail))


def look(*works: Any, **objects: Any) -> Any:
    whole = site(slices=[VIDEO, URLLC], workloads=list(works) or [CACHE])
    client: Any = Client(**objects)
    return apps.look(client, whole, whole.workloads, why=True)


def test_a_workload_with_its_pods():
    (found,) = look(Deployment=[deployment("slice-1-0000a1", "cache", ready=2)], Pod=[pod("b"), pod("a")])

    assert (found.ready, found.replicas, found.wanted, found.kind, found.trouble) == (True, 2, 2, "Deployment", ())
    assert found.pods[0] == apps.Pod("a", "edge-2", "10.42.1.5", ready=True, restarts=2, image="sha256:abc", reason="")
    assert found.to_json()["namespace"] == "slice-1-0000a1"


def test_one_that_was_never_brought_up():
    (found,) = look()

    assert not found.ready
    assert found.trouble == ("there is no Deployment cache in the cluster: the site has not been brought up with it",)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (pod("a", ready="False", state={"waiting": {"reason": "ImagePullBackOff"}}), "ImagePullBackOff"),
        (pod("a", ready="False", state={"terminated": {"reason": "Error"}}), "Error"),
        (pod("a", ready="False"), "NotReady"),
        (pod("a", deletionTimestamp="now"), "Terminating"),
    ],
)
def test_a_pod_that_is_not_ready_says_why(one, reason):
    (found,) = look(Deployment=[deployment("slice-1-0000a1", "cache", ready=0)], Pod=[one])

    assert (found.pods[0].ready, found.pods[0].reason) == (False, reason)


def test_a_pod_that_has_no_node():
    lost = pod("a", ready="False", phase="Pending")
    lost["status"]["conditions"].append({"type": "PodScheduled", "status": "False", "reason": "Unschedulable"})
    (found,) = look(Deployment=[deployment("slice-1-0000a1", "cache", ready=0)], Pod=[lost])

    assert found.pods[0].reason == "Unschedulable"
    assert any("pod a has no node" in line for line in found.trouble)


def test_claims_are_those_of_its_storage():
    def claim(name: str) -> Any:
        return {
            "metadata": {"name": name},
            "spec": {"storageClassName": "fast"},
            "status": {"phase": "Bound", "capacity": {"storage": "2Gi"}},
        }

    (found,) = look(STORED, PersistentVolumeClaim=[claim("data-cache-0"), claim("other-cache-0")])

    assert found.kind == "StatefulSet"
    assert list(found.to_json()["claims"]) == [
        {"name": "data-cache-0", "phase": "Bound", "size": "2Gi", "class": "fast"}
    ]


def test_a_name_that_no_workload_has():
    whole = site(slices=[VIDEO, URLLC], workloads=[CACHE, CONTROL])

    assert [work.name for work in apps.chosen(whole, None)] == ["cache", "control"]
    with pytest.raises(InputError, match="there is no workload nope; one of: cache, control"):
        apps.chosen(whole, "nope")


def test_a_pod_to_look_into_is_one_that_runs_and_best_one_that_is_ready():
    whole = site(slices=[VIDEO], workloads=[CACHE])
    client: Any = Client(Pod=[pod("a", phase="Pending", ready="False"), pod("b", ready="False"), pod("c")])

    assert apps.pick(client, whole, whole.workloads[0], None)["metadata"]["name"] == "c"
    assert apps.pick(client, whole, whole.workloads[0], "b")["metadata"]["name"] == "b"
    with pytest.raises(MecctlError, match="cache has no running pod a") as caught:
        apps.pick(client, whole, whole.workloads[0], "a")
    assert caught.value.why == "its pods are c, a, b"


def test_the_last_lines_of_each_pod():
    client: Any = Client()

    assert list(applogs.last(client, "ns", ["a", "b"], 5, previous=True)) == [
        ("a", "a 5 True"),
        ("a", "last"),
        ("b", "b 5 True"),
        ("b", "last"),
    ]


def test_lines_as_they_come_until_all_pods_have_ended():
    client: Any = Client()

    said = sorted(applogs.follow(client, "ns", ["a", "b"], 2))

    assert said == [("a", "a 0"), ("a", "a 1"), ("b", "b 0"), ("b", "b 1")]


def test_a_pod_that_cannot_be_followed_is_told():
    client: Any = Client()

    with pytest.raises(KubeError, match="it isn't running"):
        list(applogs.follow(client, "ns", ["broken"], 2))
