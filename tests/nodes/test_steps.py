from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mecctl.artifacts.store import Store
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import steps
from mecctl.nodes.events import Played
from mecctl.nodes.finding import Finding
from mecctl.nodes.preflight import Preflight
from mecctl.nodes.steps import Nodes
from mecctl.nodes.trial import Trials
from mecctl.plan.change import Change
from mecctl.plan.progress import Silent


@pytest.fixture
def site(folder, facts, blobs, monkeypatch):
    """The site's nodes with what was seen of them, and what each playbook was run with."""
    nodes = Nodes(folder, Store(folder.path / "cache"), Silent())
    nodes.__dict__["_blobs"] = blobs
    nodes.__dict__["_wanted"] = {name: tuple(blob.artifact for blob in each) for name, each in blobs.items()}
    state: dict[str, Any] = {"nodes": nodes, "ran": [], "played": Played((), {}, {"edge-1": 1, "edge-2": 1})}

    def see(*findings, facts=facts):
        nodes.__dict__["_seen"] = Preflight(facts, findings)

    def play(playbook, inventory, _state, known_hosts, _progress, *, check, on_trial):
        hosts = list(inventory["all"]["children"]["machines"]["hosts"])
        state["ran"].append((playbook, hosts, check, known_hosts))
        return state["played"]

    monkeypatch.setattr(steps, "play", play)
    see()
    return {**state, "see": see, "state": state}


def test_plan_looks_and_apply_acts_on_the_same_nodes(site, folder):
    site["nodes"].plan()
    site["nodes"].apply()

    known_hosts = (folder.path / "known_hosts").absolute()
    assert site["ran"] == [
        ("site.yml", ["edge-1", "edge-2"], True, known_hosts),
        ("site.yml", ["edge-1", "edge-2"], False, known_hosts),
    ]


def test_a_node_with_a_fault_is_left_out_and_named(site):
    site["see"](Finding("edge-2", "clock", "its clock is 3600 s ahead of this machine's"))

    result = site["nodes"].apply()

    assert site["ran"][0][1] == ["edge-1"]
    assert "clock" in str(result.failures["edge-2"])
    assert result.unreachable == frozenset()


def test_an_absent_node_is_told_from_a_broken_one(site, facts):
    gone = UnreachableError("the node can't be reached by SSH", where="edge-2")
    site["see"](Finding("edge-2", "reachable", gone.what, error=gone), facts={"edge-1": facts["edge-1"]})

    result = site["nodes"].plan()

    assert result.failures == {"edge-2": gone}
    assert result.unreachable == {"edge-2"}


def test_without_a_usable_node_nothing_is_run(site):
    site["see"](Finding("edge-1", "disk", "full"), Finding("edge-2", "disk", "full"))

    result = site["nodes"].apply()

    assert site["ran"] == []
    assert set(result.failures) == {"edge-1", "edge-2"}


def test_what_failed_while_playing_is_a_failure_of_its_node(site):
    error = MecctlError("kubeadm init failed", where="edge-1")
    site["state"]["played"] = Played((), {"edge-1": error}, {"edge-1": 1, "edge-2": 1})

    assert site["nodes"].apply().failures == {"edge-1": error}


def test_a_new_cluster_outdates_the_kubeconfig(site, folder):
    folder.state.mkdir()
    (folder.state / "kubeconfig").touch()
    site["nodes"].apply()
    assert (folder.state / "kubeconfig").exists()

    site["state"]["played"] = Played((Change("edge-1: kubeadm init", "run", "isn't done"),), {}, {})
    site["nodes"].apply()
    assert not (folder.state / "kubeconfig").exists()


def test_taking_down_needs_no_artifact_and_takes_nodes_with_faults_too(site, monkeypatch):
    monkeypatch.delitem(site["nodes"].__dict__, "_blobs")
    for each in site["nodes"]._wanted.values():
        for artifact in each:
            artifact.sha256 = None
    site["see"](Finding("edge-2", "disk", "full"))

    site["nodes"].reset()

    assert site["ran"][0][:2] == ("reset.yml", ["edge-1", "edge-2"])


def test_what_a_renewal_mends_does_not_fail_it(site):
    site["see"](Finding("edge-2", "certificates", "2 of its certificates have expired"))

    assert site["nodes"].renew("certs").failures == {}
    assert site["ran"][0][:2] == ("certs.yml", ["edge-1", "edge-2"])


def test_a_cluster_is_taken_for_installed_by_its_port(site, facts):
    assert not site["nodes"].installed

    site["see"](facts={**facts, "edge-1": replace(facts["edge-1"], listeners={6443: "kube-apiserver"})})
    assert site["nodes"].installed


def test_a_kubeconfig_that_is_there_is_not_fetched(site, folder, monkeypatch):
    fetched = []

    def fetch(_folder, path):
        fetched.append(path)
        return path

    monkeypatch.setattr(steps, "fetch", fetch)

    assert site["nodes"].kubeconfig() == folder.state / "kubeconfig"
    folder.state.mkdir()
    Path(folder.state / "kubeconfig").write_text("users: [{user: {token: abc}}]")
    site["nodes"].kubeconfig()

    assert len(fetched) == 1


def test_a_filter_that_kept_mecctl_out_is_a_failure_of_its_node(site, monkeypatch):
    error = MecctlError("the new packet filter kept mecctl out", where="edge-2")
    monkeypatch.setattr(Trials, "failures", lambda _: {"edge-2": error})

    assert site["nodes"].apply().failures == {"edge-2": error}
