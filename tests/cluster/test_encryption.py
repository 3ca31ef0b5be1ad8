"""The encryption key of a real API server changes under somebody who reads and writes Secrets all the while."""

import subprocess
import threading
from typing import Any

import pytest
import yaml

from mecctl.cluster.encryption import EncryptedApi
from mecctl.engine.kube import KubeError
from mecctl.nodes import encryption
from mecctl.nodes.hostkeys import record
from mecctl.nodes.ssh import offered
from mecctl.plan.progress import Silent
from mecctl.process import run
from mecctl.sitefile import SiteFolder
from tests.stacks.rendering import site as site_of
from tests.support.apiserver import install, running
from tests.support.sshd import Sshd

pytestmark = pytest.mark.e2e

FIRST = """\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox: {keys: [{name: key1, secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=}]}
      - identity: {}
"""


def secret(name: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"k": f"c4n4ry {name}"}}


def stored(folder: Any, api: Any) -> set[bytes]:
    """What stands before each Secret in etcd: who encrypted it with which key."""
    flag = next(word for word in api.server._words if str(word).startswith("--etcd-servers="))
    command = [folder / "etcdctl", f"--endpoints={flag.partition('=')[2]}", "get", "/registry/secrets/", "--prefix"]
    values = subprocess.run([*command, "--print-value-only"], capture_output=True, check=True).stdout
    assert b"c4n4ry" not in values
    return {part.split(b":")[0] for part in values.split(b"k8s:enc:secretbox:v1:")[1:]}


class Prober(threading.Thread):
    """Reads all Secrets and makes one more, over and over; `failures` says when that didn't work."""

    def __init__(self, api: Any) -> None:
        super().__init__(daemon=True)
        self.failures: list[Exception] = []
        self.rounds = 0
        self._api, self.ended = api, threading.Event()

    def run(self) -> None:
        with self._api.client() as client:
            while not self.ended.wait(0.2):
                try:
                    client.list("v1", "Secret")
                    client.create(secret(f"made-{self.rounds}"))
                except KubeError as error:
                    self.failures.append(error)
                self.rounds += 1


def test_nothing_fails_and_all_is_encrypted_with_the_new_key_alone(tmp_path, monkeypatch):
    file = tmp_path / "encryption.yaml"
    file.write_text(FIRST)
    monkeypatch.setattr(encryption, "PATH", str(file))
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"])
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "authorized_keys").write_text((tmp_path / "key.pub").read_text())
    install(tmp_path, "etcdctl")
    flags = (f"--encryption-provider-config={file}", "--encryption-provider-config-automatic-reload=true")
    with Sshd(home=tmp_path) as sshd, running(tmp_path, flags=flags) as api, api.client() as client:
        record(tmp_path / "known_hosts", sshd.node, offered(sshd.node))
        whole = site_of(access={"privateKey": "key"})
        folder = SiteFolder(
            tmp_path, whole.model_copy(update={"spec": whole.spec.model_copy(update={"nodes": (sshd.node,)})})
        )
        for number in range(20):
            client.create(secret(f"old-{number}"))
        assert stored(tmp_path, api) == {b"key1"}
        prober = Prober(api)
        prober.start()
        changes = encryption.rotate(folder, EncryptedApi(client, Silent()))
        prober.ended.set()
        prober.join()

        assert len(changes) == 3
        assert prober.failures == []
        assert prober.rounds > 100
        assert stored(tmp_path, api) == {b"key2"}
        (keys,) = [
            one["secretbox"]["keys"] for one in yaml.safe_load(file.read_text())["resources"][0]["providers"][:1]
        ]
        assert [key["name"] for key in keys] == ["key2"]
        api.server.kill()
        api.restart()
        assert len(client.list("v1", "Secret")) == 20 + prober.rounds
