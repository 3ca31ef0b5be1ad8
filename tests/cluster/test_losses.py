"""What still runs in slices that left the site file."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.cluster import steps
from mecctl.cluster.losses import Loss, losses, refusal, strays
from mecctl.cluster.steps import Cluster
from mecctl.engine.run.outcome import Outcome, ResourceChange
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder
from tests.cluster.objects import cluster
from tests.stacks.rendering import full_site


def namespace(name: str, part: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": {"mec.io/slice": part}}}


def pod(name: str, phase: str = "Running", **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": labels}, "status": {"phase": phase}}


def ours(name: str, workload: str, phase: str = "Running") -> dict[str, Any]:
    return pod(name, phase, **{"app.kubernetes.io/managed-by": "mecctl", "app.kubernetes.io/name": workload})


PODS = [
    ours("a-1", "a"),
    ours("a-2", "a", "Pending"),
    ours("b-1", "b", "Failed"),
    pod("mine"),
    pod("done", "Succeeded"),
]
LOSS = Loss("slice-3", (("a", 2),), ("mine",))
KEPT = [namespace("slice-1-0000a1", "video"), namespace("slice-2", "urllc")]


def test_a_slice_that_left_or_has_another_name_or_identity_is_a_stray():
    there = cluster(Namespace=[KEPT[0], namespace("slice-2", "mmtc"), namespace("slice-3", "old")])

    assert strays(there, full_site()) == {"slice-2", "slice-3"}
    assert strays(cluster(Namespace=KEPT), full_site()) == frozenset()


def test_all_pods_that_have_not_ended_are_told_whoever_made_them():
    assert losses(cluster(Pod=PODS), ["slice-3"]) == (LOSS,)
    assert losses(cluster(Pod=[pod("done", "Succeeded")]), ["slice-3"]) == ()


def test_the_refusal_says_what_would_go():
    assert str(refusal([LOSS, Loss("slice-4", (("c", 1),), ())], "site.yaml")) == (
        "site.yaml: spec.slices: slices are no longer here, and the site still runs namespace slice-3 with workload a "
        "(2 pods), pod mine (not made by mecctl); namespace slice-4 with workload c (1 pod); put them back, or let all "
        "that go by --yes"
    )


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A cluster with a namespace too many, and what a preview of its slices says."""
    state: dict[str, Any] = {"there": [*KEPT, namespace("slice-3", "old")], "changes": [], "previews": []}

    @contextmanager
    def connect(*_):
        yield cluster(Namespace=state["there"], Pod=PODS)

    @contextmanager
    def opened(*_, **__):
        def preview(program):
            state["previews"].append(program.project)
            return Outcome(tuple(state["changes"]))

        yield SimpleNamespace(preview=preview)

    monkeypatch.setattr(steps, "connect", connect)
    monkeypatch.setattr(steps, "wait_api_ready", lambda *_: None)
    monkeypatch.setattr(steps, "opened", opened)
    return state | {"state": state, "cluster": Cluster(SiteFolder(tmp_path, full_site()), tmp_path / "k", Silent())}


def change(action: Any, name: str, kind: str = "kubernetes:core/v1:Namespace") -> ResourceChange:
    return ResourceChange("urn", kind, name, action, "is no longer in the program", name)


def test_namespaces_that_a_preview_deletes_lose_what_runs_in_them(site):
    limit = change("delete", "slice-4/slice", "kubernetes:core/v1:LimitRange")
    site["state"]["changes"] = [change("delete", "slice-3"), limit]

    assert site["cluster"].losses() == (LOSS,)
    assert site["previews"] == ["slices"]


def test_a_slice_with_another_identity_loses_what_runs_under_the_old_one(site):
    site["state"]["changes"] = [change("replace", "slice-1-0000a1")]

    assert site["cluster"].losses() == (LOSS,)


def test_a_namespace_that_stays_loses_nothing(site):
    site["state"]["changes"] = [change("update", "slice-2")]

    assert site["cluster"].losses() == ()


def test_without_a_stray_no_program_is_run(site):
    site["state"]["there"] = KEPT

    assert site["cluster"].losses() == ()
    assert site["previews"] == []
