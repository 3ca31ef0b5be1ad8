from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.artifacts.store import Blob
from mecctl.nodes.facts import Facts
from mecctl.nodes.system import System
from mecctl.sitefile import load

SITE = """\
apiVersion: mecctl/v1
kind: Site
metadata: {name: street}
spec:
  access: {user: ops, privateKey: key}
  nodes:
    - {name: edge-1, address: 10.0.0.1, roles: [server]}
    - {name: edge-2, address: 10.0.0.2, port: 2222, roles: [agent], pool: urllc}
  kubernetes: {distribution: kubeadm, version: v1.36.3, network: {cni: cilium}, hardening: none}
"""
DEBIAN = System("Debian GNU/Linux 12 (bookworm)", "debian", (3, 11))
GOOD = Facts(
    node="edge-1", arch="amd64", kernel=(6, 1), hostname="edge-1", machine_id="a", cores=4, memory=4 * 2**30,
    disk_free=20 * 2**30, disk_size=40 * 2**30, clock_skew=0.1, cgroup="v2", container=False, swap=False,
    raise_limits=True, conntrack_writable=True, encrypts=True, listeners={22: "sshd"}, speeds={}, mtus={},
    system=DEBIAN,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "key").touch()
    (tmp_path / "site" / "site.yaml").write_text(SITE)
    return load(tmp_path / "site")


@pytest.fixture
def facts():
    return {name: replace(GOOD, node=name, hostname=name, machine_id=name) for name in ("edge-1", "edge-2")}


@pytest.fixture
def blobs():
    kubelet: Any = SimpleNamespace(install="/usr/local/bin/kubelet", images=())
    images: Any = SimpleNamespace(install=None, images=("registry.k8s.io/pause:3.10.2",))
    each = (Blob(kubelet, Path("/cache/a"), "a" * 64, 1), Blob(images, Path("/cache/b"), "b" * 64, 1))
    return {"edge-1": each, "edge-2": each}
