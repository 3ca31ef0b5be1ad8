"""Evidence from a real API: objects, kubelets' settings or why there are none, and of Secrets their names only."""

import json
import shutil
from pathlib import Path

import pytest

from mecctl.cluster import evidence
from mecctl.errors import UnreachableError
from mecctl.sitefile import load

LAB = Path(__file__).parents[2] / "inventories/lab"
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {
        "name": "lasting",
        "namespace": "default",
        "annotations": {"kubernetes.io/service-account.name": "own"},
    },
    "type": evidence.TOKENS["account"],
    "stringData": {"token": "canary-of-a-token"},
}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(LAB, tmp_path / "lab", ignore=shutil.ignore_patterns(".mecctl"))
    return load(tmp_path / "lab")


def test_a_site_without_a_cluster_has_no_evidence_of_it(folder):
    with pytest.raises(UnreachableError):
        evidence.gather(folder)


def test_evidence_of_a_cluster(folder, api_server, monkeypatch):
    monkeypatch.setattr(evidence, "connect", lambda *_: api_server.client())
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "own", "namespace": "default"}}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "edge-1"}}
    with api_server.client() as client:
        for one in (account, SECRET, node):
            client.apply(one)
        try:
            found = evidence.gather(folder)
        finally:
            for one in (SECRET, account, node):
                client.delete(one)

    assert found["tokens"] == {"account": ["default/lasting"], "bootstrap": []}
    assert "canary-of-a-token" not in json.dumps(found)
    assert {one["metadata"]["name"] for one in found["objects"]["Namespace"]} >= {"default", "kube-system"}
    assert not any("managedFields" in one["metadata"] for kind in found["objects"].values() for one in kind)
    assert "error" in found["kubelets"]["edge-1"]
    assert found["version"].startswith("v1.")
