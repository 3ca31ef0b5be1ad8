from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from mecctl.plan.progress import Silent
from mecctl.probe import prove as module
from mecctl.probe.prove import prove
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
