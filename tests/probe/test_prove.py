from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.plan.progress import Silent
from mecctl.probe import prove as module
from mecctl.probe.attempts import targets
from mecctl.probe.prove import prove
from mecctl.probe.settling import SETTLE
from mecctl.sitefile import SiteFolder
from tests.cluster.objects import cluster, node
from tests.stacks.rendering import full_site, site


@pytest.fixture
def api(monkeypatch):
    """Give the proof a cluster of the nodes it is told."""

    def give(*nodes: dict[str, Any]) -> None:
        client = cluster(Node=list(nodes))
        client.get = lambda *_: {"spec": {"clusterIP": "10.43.0.1"}}
        monkeypatch.setattr("mecctl.engine.kube.KubeClient.from_kubeconfig", lambda _: nullcontext(client))

    return give


def test_a_site_without_slices_is_its_nodes(api):
    api(node("edge-1"), node("edge-2", ready="False", message="cni plugin not initialized"))

    checks = prove(SiteFolder(Path(), site()), Path(), Silent())

    assert [(one.kind, one.peer, one.measured, one.ok) for one in checks] == [
        ("ready", "edge-1", "Ready", True),
        ("ready", "edge-2", "cni plugin not initialized", False),
    ]


def test_a_machine_that_did_not_join_is_told(api):
    api(node("edge-1"))

    assert prove(SiteFolder(Path(), site()), Path(), Silent())[1].measured == "not in the cluster"


def test_every_promise_is_a_check_even_if_nothing_came_back(api, monkeypatch):
    api(node("edge-1"), node("edge-2"))
    monkeypatch.setattr(module, "run", lambda *_: {})

    checks = prove(SiteFolder(Path(), full_site()), Path(), Silent())

    assert {one.kind for one in checks} == {"ready", "dns", "answers", "opened", "refused"}
    assert all(one.ok == (one.kind == "ready") for one in checks)


def service(place: str, name: str) -> dict[str, Any]:
    return {"metadata": {"namespace": place, "name": name}, "spec": {"clusterIP": "10.43.0.9"}}


def pod(place: str, name: str, address: str, *, ready: bool) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": name}
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"namespace": place, "name": f"{name}-1", "labels": labels},
        "status": {"podIP": address, "conditions": conditions},
    }


class _Restarting:
    """Shows the pods of `states` one after the other, the last for ever."""

    def __init__(self, *states: list[dict[str, Any]]) -> None:
        self.states = list(states)

    def list(self, _: str, kind: str, **__: Any) -> list[dict[str, Any]]:
        if kind == "Node":
            return [node("edge-1"), node("edge-2")]
        places = sorted(targets(full_site()))
        if kind == "Service":
            return [service(*place) for place in places]
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def get(self, *_: str) -> dict[str, Any]:
        return {"spec": {"clusterIP": "10.43.0.1"}}

    def watch(self, *_: str, timeout: float, **__: Any) -> Any:
        assert 0 < timeout <= SETTLE
        yield from (SimpleNamespace(type=kind) for kind in ("ADDED", "SYNCED", "MODIFIED", "MODIFIED"))


def _pods(address: str, *, ready: bool = True) -> list[dict[str, Any]]:
    return [pod(*place, address, ready=ready) for place in sorted(targets(full_site()))]


def _prove(monkeypatch, *states: list[dict[str, Any]]) -> tuple[Any, list[set[str]]]:
    """Return the checks and which pods were tried in each round; only those at 10.42.0.2 answer."""
    tried: list[set[str]] = []

    def run(_: Any, __: Any, attempts: Any) -> dict[int, Any]:
        tried.append({one.host for one in attempts if one.peer.endswith("(pod)")})
        answers = {"connected": "0.1", "http": "200", "exit": 0}
        return {index: answers for index, one in enumerate(attempts) if one.host == "10.42.0.2"}

    monkeypatch.setattr("mecctl.engine.kube.KubeClient.from_kubeconfig", lambda _: nullcontext(_Restarting(*states)))
    monkeypatch.setattr(module, "run", run)
    return prove(SiteFolder(Path(), full_site()), Path(), Silent()), tried


def test_pods_that_start_again_after_a_reboot_are_waited_for(monkeypatch):
    _, tried = _prove(monkeypatch, _pods("10.42.0.1", ready=False), _pods("10.42.0.1", ready=False), _pods("10.42.0.2"))

    assert tried == [{"10.42.0.2"}]


def test_a_target_that_moved_meanwhile_is_tried_again(monkeypatch):
    _, tried = _prove(monkeypatch, _pods("10.42.0.1"), _pods("10.42.0.2"))

    assert tried == [{"10.42.0.1"}, {"10.42.0.2"}]


def test_what_stands_still_and_fails_is_told_at_once(monkeypatch):
    checks, tried = _prove(monkeypatch, _pods("10.42.0.1"))

    assert tried == [{"10.42.0.1"}]
    assert not all(check.ok for check in checks)
