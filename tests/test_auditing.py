"""Evidence from machines and cluster together; what doesn't answer has the reason."""

import shutil
from pathlib import Path

import pytest

from mecctl import auditing
from mecctl.audit.evidence import Cluster, Machine
from mecctl.errors import MecctlError, UnreachableError
from mecctl.sitefile import load
from tests.audit.recorded import none

LAB = Path(__file__).parents[1] / "inventories/lab"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(LAB, tmp_path / "lab", ignore=shutil.ignore_patterns(".mecctl"))
    return load(tmp_path / "lab")


@pytest.fixture
def recorded(monkeypatch):
    found = none()
    monkeypatch.setattr("mecctl.nodes.evidence.gather", lambda _: found["machines"])
    monkeypatch.setattr("mecctl.cluster.evidence.gather", lambda _: found["cluster"])
    monkeypatch.setattr(auditing, "fetch", lambda *_: None)
    return found


def test_machines_know_their_kubelets(folder, recorded):
    site = auditing.gather(folder)

    machine = site.machines["edge-2"]
    assert isinstance(machine, Machine)
    assert isinstance(site.cluster, Cluster)
    assert (machine.server, machine.version) == (False, "v1.36.3")
    assert machine.kubelet == recorded["cluster"]["kubelets"]["edge-2"]
    assert [one.name for one in site.cluster.servers] == ["edge-1"]


def test_a_machine_that_does_not_answer_has_the_reason(folder, recorded):
    recorded["machines"]["edge-2"] = UnreachableError("it is off", where="edge-2")
    site = auditing.gather(folder)

    assert site.machines["edge-2"] == "edge-2: it is off"
    assert isinstance(site.cluster, Cluster)
    assert [one.name for one in site.cluster.machines] == ["edge-1"]


def test_a_cluster_that_does_not_answer_has_the_reason(folder, recorded, monkeypatch):
    def fail(*_):
        raise UnreachableError("the API is off")

    monkeypatch.setattr("mecctl.cluster.evidence.gather", fail)
    site = auditing.gather(folder)

    assert site.cluster == "the API is off"
    assert site.machines["edge-1"].kubelet == {"error": "the API is off"}  # type: ignore[union-attr]


def test_a_server_that_has_no_kubeconfig_is_a_failure(folder, recorded, monkeypatch):
    def fail(*_):
        raise MecctlError("no server gave its kubeconfig")

    monkeypatch.setattr(auditing, "fetch", fail)

    with pytest.raises(MecctlError, match="no server gave"):
        auditing.gather(folder)
