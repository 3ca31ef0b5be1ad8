"""CIS 1.1: the files that the control plane is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.checks import every, files, mode, owned, unless_k3s
from mecctl.audit.control import Control, Finding, excluded, failed, held, on_servers

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Machine

ROOT = "root:root"
K3S_SERVER = "/var/lib/rancher/k3s/server"
_NO_MANIFEST = "K3s runs the control plane inside its own process: there are no manifests"


def _manifest(name: str) -> str:
    return f"/etc/kubernetes/manifests/{name}.yaml"


def _pair(number: int, what: str, *patterns: str, k3s: tuple[str, ...] = ()) -> tuple[Control, Control]:
    """Return the two controls that ask for a file's mode and for its owner."""
    rights, owner = mode(0o600, *patterns, k3s=k3s), owned(ROOT, *patterns, k3s=k3s)
    if not k3s:
        rights, owner = unless_k3s(_NO_MANIFEST, rights), unless_k3s(_NO_MANIFEST, owner)
    return (
        on_servers(f"1.1.{number}", f"Only root reads and writes {what}", rights),
        on_servers(f"1.1.{number + 1}", f"root owns {what}", owner),
    )


_CNI = ("/etc/cni/net.d/*", "/var/lib/cni/networks/*/*")
_K3S_CNI = ("/var/lib/cni/networks/*/*", "/etc/rancher/k3s/flannel.conflist")
_ETCD = "/var/lib/etcd"
_K3S_ETCD = f"{K3S_SERVER}/db/etcd"


def _etcd_folder(check: Callable[[Machine], Finding]) -> Callable[[Machine], Finding]:
    def ask(machine: Machine) -> Finding:
        if machine.k3s and not list(machine.files(_K3S_ETCD, kind="directory")):
            return excluded(f"stat {_K3S_ETCD}", "nothing is there", "K3s keeps its state in SQLite here, not in etcd")
        return check(machine)

    return ask


def _etcd_owner(machine: Machine) -> Finding:
    place = _K3S_ETCD if machine.k3s else _ETCD
    found = next(machine.files(place, kind="directory"), None)
    if found is None:
        return failed(f"stat {place}", "nothing is there", "etcd's data folder was not found")
    told = f"{found.owner} {found.mode:o}"
    if found.owner == ROOT and not found.mode & 0o077:
        why = "inside K3s's process" if machine.k3s else "in kubeadm's static pod"
        reason = f"etcd runs as root {why}, and nobody but root may enter the folder: there is no user etcd"
        return excluded(f"stat {place}", told, reason)
    return held(found.owner == "etcd:etcd", f"stat {place}", told, "etcd:etcd")


CONTROLS = (
    *_pair(1, "the API server's manifest", _manifest("kube-apiserver")),
    *_pair(3, "the controller manager's manifest", _manifest("kube-controller-manager")),
    *_pair(5, "the scheduler's manifest", _manifest("kube-scheduler")),
    *_pair(7, "etcd's manifest", _manifest("etcd")),
    *_pair(9, "the pod network's configuration", *_CNI, k3s=_K3S_CNI),
    on_servers(
        "1.1.11",
        "Only etcd's own user enters its data folder",
        _etcd_folder(mode(0o700, _ETCD, k3s=(_K3S_ETCD,), kind="directory")),
    ),
    on_servers("1.1.12", "etcd's data folder belongs to a user of its own", _etcd_folder(_etcd_owner)),
    *_pair(
        13,
        "the administrator's kubeconfig",
        "/etc/kubernetes/admin.conf",
        "/etc/kubernetes/super-admin.conf",
        k3s=(f"{K3S_SERVER}/cred/admin.kubeconfig", "/etc/rancher/k3s/k3s.yaml"),
    ),
    *_pair(15, "the scheduler's kubeconfig", "/etc/kubernetes/scheduler.conf", k3s=(f"{K3S_SERVER}/cred/scheduler.*",)),
    *_pair(
        17,
        "the controller manager's kubeconfig",
        "/etc/kubernetes/controller-manager.conf",
        k3s=(f"{K3S_SERVER}/cred/controller.kubeconfig",),
    ),
    on_servers(
        "1.1.19",
        "root owns the cluster's keys and certificates",
        every(
            owned(ROOT, "/etc/kubernetes/pki", k3s=(f"{K3S_SERVER}/tls",), kind="directory"),
            files(
                lambda one: one.owner == ROOT,
                ROOT,
                "/etc/kubernetes/pki/*",
                "/etc/kubernetes/pki/*/*",
                k3s=(f"{K3S_SERVER}/tls/*", f"{K3S_SERVER}/tls/*/*"),
            ),
        ),
    ),
    on_servers(
        "1.1.20",
        "Nobody but root writes the cluster's certificates",
        mode(
            0o644,
            "/etc/kubernetes/pki/*.crt",
            "/etc/kubernetes/pki/*/*.crt",
            k3s=(f"{K3S_SERVER}/tls/*.crt", f"{K3S_SERVER}/tls/*/*.crt"),
        ),
    ),
    on_servers(
        "1.1.21",
        "Only root reads the cluster's private keys",
        mode(
            0o600,
            "/etc/kubernetes/pki/*.key",
            "/etc/kubernetes/pki/*/*.key",
            k3s=(f"{K3S_SERVER}/tls/*.key", f"{K3S_SERVER}/tls/*/*.key"),
        ),
    ),
)
