from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.cluster.waiting import wait_api_ready, wait_nodes_ready, wait_workloads_ready
from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError
from mecctl.plan.progress import Silent
from tests.cluster.objects import cluster, deployment, node
from tests.stacks.rendering import full_site


def wait(*events: tuple[str, dict[str, Any]]) -> None:
    wait_nodes_ready(cluster(events), ["edge-1", "edge-2"], 5, Silent())


def test_returns_once_all_are_ready():
    def events() -> Iterator[tuple[str, dict[str, Any]]]:
        yield "ADDED", node("edge-1")
        yield "ADDED", node("edge-2", ready="False")
        yield "SYNCED", {}
        yield "MODIFIED", node("edge-2")
        raise AssertionError("it goes on watching")

    wait_nodes_ready(cluster(events()), ["edge-1", "edge-2"], 5, Silent())


def test_other_nodes_do_not_count():
    with pytest.raises(MecctlError, match="2 of 2 nodes"):
        wait(("ADDED", node("other")), ("SYNCED", {}))


def test_the_reasons_are_told_when_the_time_is_over():
    with pytest.raises(MecctlError, match="1 of 2 nodes did not get Ready within 5 s") as caught:
        wait(("ADDED", node("edge-1", ready="False", message="no pod network")), ("ADDED", node("edge-2")))

    assert caught.value.why == "edge-1: no pod network"


def test_a_node_that_goes_away_is_waited_for_again():
    with pytest.raises(MecctlError) as caught:
        wait(("ADDED", node("edge-1")), ("DELETED", node("edge-1")), ("ADDED", node("edge-2")))

    assert caught.value.why == "edge-1: it has not joined the cluster"


def test_dns_and_the_sites_workloads_are_waited_for_and_nothing_else(monkeypatch):
    waited: list[str] = []
    monkeypatch.setattr("mecctl.cluster.waiting.wait", lambda _, live, *__: waited.append(live["metadata"]["name"]))
    places = {"coredns": "kube-system", "cache": "slice-1-0000a1", "control": "slice-1-0000a1", "other": "slice-2"}
    client = cluster(Deployment=[deployment(place, name, ready=0) for name, place in places.items()])

    wait_workloads_ready(client, full_site(), 5, Silent())

    assert waited == ["coredns", "cache"]


class Starting:
    """An API server that refuses a few times before it is ready."""

    def __init__(self, *refusals: int) -> None:
        self.refusals = list(refusals)
        self.stop = SimpleNamespace(pause=lambda _: None)

    def request(self, method: str, path: str) -> str:
        assert (method, path) == ("GET", "/readyz")
        if self.refusals:
            raise KubeError(self.refusals.pop(0), "", "not yet")
        return "ok"


def test_an_api_server_that_starts_is_waited_for():
    starting: Any = Starting(403, 500, 500)
    wait_api_ready(starting, 5)

    assert starting.refusals == []


@pytest.mark.parametrize(("refusals", "timeout"), [((401,), 5), ((403, 403), 0)])
def test_one_that_goes_on_refusing_is_told(refusals, timeout):
    starting: Any = Starting(*refusals)
    with pytest.raises(KubeError, match="not yet"):
        wait_api_ready(starting, timeout)
