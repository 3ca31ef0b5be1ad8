"""A real Kubernetes API on the loopback: etcd, kube-apiserver and, if wanted, kube-controller-manager.

There is no scheduler and no kubelet: pods stay Pending.
"""

from __future__ import annotations

import base64
import platform
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec

from mecctl.artifacts.lock import load_lock
from mecctl.artifacts.store import Store
from mecctl.engine.kube import KubeClient, KubeError
from mecctl.errors import UnreachableError
from mecctl.plan.progress import Silent
from tests.support.certificates import Authority, private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_WITHIN = 90.0  # seconds


@dataclass(frozen=True)
class ApiServer:
    """A running API; `kubeconfig` is an administrator's, and `authority` issued all its certificates."""

    kubeconfig: Path
    folder: Path
    authority: Authority
    server: Daemon

    def client(self) -> KubeClient:
        return KubeClient.from_kubeconfig(self.kubeconfig)

    def restart(self) -> None:
        """Start the API server again after `server.kill()`, and return once it is ready."""
        self.server.start()
        _wait_ready(self, [self.server])


class Daemon:
    """A program that runs until the test ends it; what it says is appended to a log."""

    def __init__(self, folder: Path, name: str, words: list[str | Path]) -> None:
        self.name, self._words, self._log = name, words, folder / f"{name}.log"
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )

    def kill(self) -> None:
        # Nothing of a throw-away API is worth a graceful end, which takes it many seconds.
        self._process.kill()
        self._process.wait()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None


def install(folder: Path, *names: str) -> None:
    """Put programs of the artifact store into `folder`, executable; what the store lacks is built first."""
    lock = load_lock(lab=True)
    blobs = Store().ensure([lock.find(name, arch()) for name in names], Silent())
    for name in names:
        program = folder / name
        shutil.copyfile(blobs[f"{name}-{arch()}"].path, program)
        program.chmod(0o755)


def arch() -> str:
    """Return this machine's architecture as artifacts name it."""
    return {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


@contextmanager
def running(folder: Path, *flags: str, controllers: bool = False) -> Iterator[ApiServer]:
    """Run an API with its data and certificates under `folder`; `flags` are more of the API server's."""
    install(folder, "etcd", "kube-apiserver", *(["kube-controller-manager"] if controllers else []))
    with ExitStack() as ended:
        authority = Authority(folder)
        serving = authority.issue("apiserver", "kube-apiserver")
        account = folder / "account.key"
        account.write_bytes(private(ec.generate_private_key(ec.SECP256R1())))
        client, peer, secure = _free_ports(3)
        store = f"http://127.0.0.1:{client}"
        own = f"http://127.0.0.1:{peer}"
        etcd: list[str | Path] = [
            *(
                folder / "etcd",
                f"--data-dir={folder / 'data'}",
                "--name=test",
                "--unsafe-no-fsync",
                "--log-level=error",
            ),
            *(f"--listen-client-urls={store}", f"--advertise-client-urls={store}"),
            *(f"--listen-peer-urls={own}", f"--initial-advertise-peer-urls={own}", f"--initial-cluster=test={own}"),
        ]
        server: list[str | Path] = [
            *(folder / "kube-apiserver", f"--etcd-servers={store}", "--bind-address=127.0.0.1"),
            *(f"--secure-port={secure}", "--service-cluster-ip-range=10.43.0.0/16", "--authorization-mode=RBAC"),
            *(f"--tls-cert-file={serving.certificate}", f"--tls-private-key-file={serving.key}"),
            *(f"--client-ca-file={authority.certificate}", "--service-account-issuer=https://test.invalid"),
            *(f"--service-account-key-file={account}", f"--service-account-signing-key-file={account}"),
            *("--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none", "--watch-cache=true"),
            *flags,
        ]
        daemons = [_start(ended, folder, "etcd", etcd), _start(ended, folder, "kube-apiserver", server)]
        api = ApiServer(_kubeconfig(folder, authority, secure), folder, authority, daemons[1])
        _wait_ready(api, daemons)
        if controllers:
            manager: list[str | Path] = [
                *(folder / "kube-controller-manager", f"--kubeconfig={api.kubeconfig}", "--leader-elect=false"),
                *(f"--service-account-private-key-file={account}", "--controllers=*", "--secure-port=0"),
            ]
            _start(ended, folder, "kube-controller-manager", manager)
        yield api


def _start(ended: ExitStack, folder: Path, name: str, words: list[str | Path]) -> Daemon:
    daemon = Daemon(folder, name, words)
    ended.callback(daemon.kill)
    return daemon


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _kubeconfig(folder: Path, authority: Authority, port: int) -> Path:
    admin = authority.issue("admin", "tester", "system:masters")
    coded = {name: base64.b64encode(path.read_bytes()).decode() for name, path in vars(admin).items()}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "tester"}}],
        "clusters": [
            {
                "name": "test",
                "cluster": {"server": f"https://127.0.0.1:{port}", "certificate-authority": "ca.crt"},
            }
        ],
        "users": [
            {
                "name": "tester",
                "user": {"client-certificate-data": coded["certificate"], "client-key-data": coded["key"]},
            }
        ],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return path


def _wait_ready(api: ApiServer, daemons: list[Daemon]) -> None:
    deadline = time.monotonic() + _START_WITHIN
    with api.client() as client:
        while True:
            try:
                client.request("GET", "/readyz")
                return
            except (KubeError, UnreachableError):
                dead = [daemon.name for daemon in daemons if not daemon.alive]
                if dead or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """An API shared by the tests of a session; each test keeps to namespaces of its own."""
    folder = tmp_path_factory.mktemp("apiserver")
    with running(folder, controllers=True) as api:
        yield api
    shutil.rmtree(folder)
