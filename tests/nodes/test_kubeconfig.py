from typing import Any

import pytest
import yaml

from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import kubeconfig
from mecctl.nodes.ssh import Answer

ADMIN = """\
apiVersion: v1
kind: Config
clusters: [{name: street, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: AAAA}}]
users: [{name: admin, user: {client-key-data: BBBB}}]
"""


@pytest.fixture
def server(monkeypatch):
    """The one server: what it is asked and what it answers."""
    state: dict[str, Any] = {"answer": Answer(0, ADMIN, "", 0, 0), "asked": []}

    class Connection:
        def __init__(self, *_):
            if isinstance(state["answer"], Exception):
                raise state["answer"]

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def run(self, command):
            state["asked"].append(command)
            return state["answer"]

    monkeypatch.setattr(kubeconfig, "connect", Connection)
    return state


def test_it_points_to_the_sites_endpoint_and_is_private(server, folder):
    path = kubeconfig.fetch(folder, folder.state / "kubeconfig")

    assert yaml.safe_load(path.read_text())["clusters"][0]["cluster"]["server"] == "https://10.0.0.1:6443"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert server["asked"] == ["sudo -n cat /etc/kubernetes/admin.conf"]


def test_a_server_without_a_cluster_says_so(server, folder):
    server["answer"] = Answer(1, "", "No such file", 0, 0)

    with pytest.raises(MecctlError, match="no server gave its kubeconfig") as caught:
        kubeconfig.fetch(folder, folder.state / "kubeconfig")

    assert not isinstance(caught.value, UnreachableError)
    assert "No such file" in str(caught.value.why)
    assert not (folder.state / "kubeconfig").exists()


def test_when_none_answers_it_is_a_matter_of_reach(server, folder):
    server["answer"] = UnreachableError("no answer", where="edge-1")

    with pytest.raises(UnreachableError):
        kubeconfig.fetch(folder, folder.state / "kubeconfig")
