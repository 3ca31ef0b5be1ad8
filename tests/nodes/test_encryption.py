"""The encryption key changes in an order in which everything stored can be read, wherever a run is broken off."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from mecctl.errors import InputError, MecctlError
from mecctl.nodes import encryption
from mecctl.nodes.ssh import Answer
from mecctl.sitefile import SiteFolder
from tests.stacks.rendering import site

FIRST = """\
# Made once.
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox: {keys: [{name: key1, secret: b25l}]}
      - identity: {}
"""


class Killed(BaseException):
    """What no code of a run catches."""


def keys(text: str) -> list[str]:
    return [key["name"] for key in yaml.safe_load(text)["resources"][0]["providers"][0]["secretbox"]["keys"]]


class Server:
    """A node with its file, and an API server that loads it when it is waited for; it ends a run at a given moment."""

    def __init__(self) -> None:
        self.file = self.loaded = FIRST
        self.stored = ["key1"] * 3
        self.moment = -1
        self.asked: list[str] = []

    def step(self) -> None:
        assert set(self.stored) <= set(keys(self.loaded)) & set(
            keys(self.file)
        )  # also after a restart of the API server
        self.moment -= 1
        if self.moment == 0:
            raise Killed

    def run(self, command: str, script: str) -> Answer:
        assert command == "sh -s"
        self.step()
        if script.startswith("cat"):
            return Answer(0, self.file, "", 0, 0)
        self.file = script.split("END-OF-FILE'\n")[1].removesuffix("END-OF-FILE\n").split("END-OF-FILE\n")[0]
        self.stored.append(keys(self.loaded)[0])  # somebody creates a Secret before the change is loaded
        self.step()
        return Answer(0, "", "", 0, 0)

    def wait_loaded(self, sha256: str) -> None:
        self.step()
        assert hashlib.sha256(self.file.encode()).hexdigest() == sha256
        self.loaded = self.file
        self.step()

    def rewrite(self, resources: Any) -> int:
        assert tuple(resources) == ("secrets",)
        self.step()
        self.stored = [keys(self.loaded)[0]] * len(self.stored)
        self.step()
        return len(self.stored)


@pytest.fixture
def server(monkeypatch):
    server = Server()

    class Connection:
        def __init__(self, _folder, _node):
            pass

        def __enter__(self):
            return server

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(encryption, "connect", Connection)
    return server


@pytest.fixture
def folder(tmp_path):
    return SiteFolder(tmp_path, site())


def test_the_key_is_another_one_and_the_rest_of_the_file_stays(server, folder):
    changes = encryption.rotate(folder, server)

    assert keys(server.file) == ["key2"]
    assert set(server.stored) == {"key2"}
    assert server.file.startswith("# Made once.\n")
    assert "identity" in server.file
    assert "b25l" not in server.file
    assert [change.reason for change in changes] == [
        "key2 was added",
        "key2 encrypts from now on",
        "5 objects are encrypted with key2 now, the keys before it are gone",
    ]
    encryption.rotate(folder, server)
    assert keys(server.file) == ["key3"]


@pytest.mark.parametrize("moment", range(1, 17))
def test_wherever_it_is_killed_all_can_be_read_and_the_next_run_finishes(server, folder, moment):
    server.moment = moment
    try:
        encryption.rotate(folder, server)
    except Killed:
        server.moment = -1
        server.loaded = server.file  # the API server restarts meanwhile
        server.step()
        encryption.rotate(folder, server)
    assert len(keys(server.file)) == 1
    assert set(server.stored) == {keys(server.file)[0]} != {"key1"}


def test_the_sweep_reaches_the_end(server, folder):
    server.moment = 17
    encryption.rotate(folder, server)


@pytest.mark.parametrize(
    "kubernetes",
    [{"distribution": "k3s", "version": "v1.36.5+k3s1", "network": {"cni": "flannel"}}],
)
def test_k3s_is_told_what_to_run(server, tmp_path, kubernetes):
    with pytest.raises(InputError, match="k3s secrets-encrypt rotate-keys"):
        encryption.rotate(SiteFolder(tmp_path, site(kubernetes=kubernetes)), server)


def test_a_server_without_the_file_is_told_why(folder, monkeypatch):
    answer = Answer(1, "", "cat: No such file", 0, 0)

    class Connection(SimpleNamespace):
        def __enter__(self):
            return SimpleNamespace(run=lambda *_: answer)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(encryption, "connect", lambda *_: Connection())
    with pytest.raises(MecctlError, match="only a site with hardening: cis has one"):
        encryption.rotate(folder, Server())
