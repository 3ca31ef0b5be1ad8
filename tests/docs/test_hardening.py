"""What docs/guide/hardening.md says is what the roles, the guard and the site file do."""

import json
from pathlib import Path

import yaml

from guard.namespaces import close
from mecctl.model import Site
from tests.guard.cluster import Cluster
from tests.stacks.rendering import full_site, render

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "guide" / "hardening.md").read_text()
DATA = ROOT / "tests" / "playbooks" / "data"


def declared(name):
    return json.loads((DATA / f"{name}.json").read_text())


def test_the_files_it_names_are_the_ones_that_are_made():
    kubeadm, k3s = declared("apiserver.server"), declared("k3s_server.server")
    arguments = {
        one["name"]: one["value"]
        for document in declared("kubeadm_server.server")["kubeadm"]["documents"]
        if document["kind"] == "ClusterConfiguration"
        for one in document["apiServer"]["extraArgs"]
    }

    assert kubeadm["key_files"][0]["path"] in TEXT
    assert arguments["audit-log-path"] in TEXT
    assert "/var/lib/rancher/k3s/server/logs/audit.log" in TEXT
    assert "audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log" in json.dumps(k3s)
    assert f"{arguments['audit-log-maxage']} days" in TEXT


def test_the_paths_that_answer_without_a_name_are_those():
    (text,) = [one["content"] for one in declared("apiserver.server")["files"] if "authentication" in one["path"]]
    open_paths = [one["path"] for one in yaml.safe_load(text)["anonymous"]["conditions"]]

    assert sorted(open_paths) == ["/healthz", "/livez", "/readyz"]
    assert all(f"`{path}`" in TEXT for path in open_paths)


def test_the_namespaces_that_are_exempt_are_those():
    (text,) = [one["content"] for one in declared("apiserver.server")["files"] if "admission" in one["path"]]
    plugin = yaml.safe_load(text)["plugins"][0]["configuration"]

    assert plugin["exemptions"]["namespaces"] == ["kube-system", "mecctl-node"]
    assert "every namespace but kube-system and mecctl-node" in TEXT


def test_the_guard_is_where_it_says_and_leaves_what_it_says():
    label = "app.kubernetes.io/managed-by: mecctl"

    assert "mecctl-system/namespace-guard" in render("platform", full_site()).names("Deployment")
    assert f"labelled `{label}`" in TEXT
    assert not close(Cluster(), {"metadata": {"name": "x", "labels": dict([label.split(": ")])}})


def test_the_site_file_takes_what_it_shows():
    shown = yaml.safe_load(TEXT.split("```yaml\n")[1].split("```")[0])["spec"]["kubernetes"]["network"]
    site = full_site().model_dump(by_alias=True)
    site["spec"]["kubernetes"]["network"] = {**site["spec"]["kubernetes"]["network"], **shown}

    assert Site.model_validate(site).kubernetes.network.encryption == "wireguard"
