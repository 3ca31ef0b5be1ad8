"""CIS 4.1: the files that a kubelet is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.checks import mode, owned, unless_k3s
from mecctl.audit.control import Control, Finding, excluded, failed, held, on_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import File, Machine

ROOT = "root:root"
AGENT = "/var/lib/rancher/k3s/agent"
_NO_SERVICE = "K3s runs the kubelet inside its own process: there is no service of the kubelet"
_NO_CONFIG = "K3s gives the kubelet its configuration by flags and drop-ins of its own making"
_SERVICE = ("/etc/systemd/system/kubelet.service", "/etc/systemd/system/kubelet.service.d/*")
_CONFIG = ("/var/lib/kubelet/config.yaml", "/etc/kubernetes/kubelet.d/*")
_PROXY = "/var/lib/kube-proxy/kubeconfig.conf"


def _pair(number: int, what: str, *patterns: str, k3s: tuple[str, ...] = (), reason: str = "") -> tuple[Control, ...]:
    rights, owner = mode(0o600, *patterns, k3s=k3s), owned(ROOT, *patterns, k3s=k3s)
    if reason:
        rights, owner = unless_k3s(reason, rights), unless_k3s(reason, owner)
    return (
        on_nodes(f"4.1.{number}", f"Only root reads and writes {what}", rights),
        on_nodes(f"4.1.{number + 1}", f"root owns {what}", owner),
    )


def _if_proxy(check: Callable[[Machine], Finding]) -> Callable[[Machine], Finding]:
    """Return a check of kube-proxy's kubeconfig that only applies where there is one on the machine."""

    def ask(machine: Machine) -> Finding:
        if machine.k3s or any(machine.files(_PROXY)):
            return check(machine)
        reason = "kube-proxy is a pod: its kubeconfig is a ConfigMap without a secret, its token is the account's"
        return excluded(f"stat {_PROXY}", "nothing is there", reason)

    return ask


def _authority(holds: Callable[[File], bool], wanted: str) -> Callable[[Machine], Finding]:
    """Return a check of the file of authorities that the kubelet trusts its clients by."""

    def check(machine: Machine) -> Finding:
        path = machine.kubelet.get("authentication", {}).get("x509", {}).get("clientCAFile")
        found = next(machine.files(path), None) if path else None
        if found is None:
            return failed(f"stat {path or 'clientCAFile'}", "nothing is there", "the kubelet names no such file")
        return held(holds(found), f"stat {found.path}", f"{found.mode:o} {found.owner}", wanted)

    return check


_PROXY_FILES = (_PROXY,)
_K3S_PROXY = (f"{AGENT}/kubeproxy.kubeconfig",)

CONTROLS = (
    *_pair(1, "the kubelet's service", *_SERVICE, reason=_NO_SERVICE),
    on_nodes(
        "4.1.3",
        "Only root reads and writes kube-proxy's kubeconfig",
        _if_proxy(mode(0o600, *_PROXY_FILES, k3s=_K3S_PROXY)),
    ),
    on_nodes("4.1.4", "root owns kube-proxy's kubeconfig", _if_proxy(owned(ROOT, *_PROXY_FILES, k3s=_K3S_PROXY))),
    *_pair(5, "the kubelet's kubeconfig", "/etc/kubernetes/kubelet.conf", k3s=(f"{AGENT}/kubelet.kubeconfig",)),
    on_nodes(
        "4.1.7",
        "Nobody but root writes the authorities of the kubelet's clients",
        _authority(lambda one: not one.mode & ~0o644, "644 or less"),
    ),
    on_nodes(
        "4.1.8", "root owns the authorities of the kubelet's clients", _authority(lambda one: one.owner == ROOT, ROOT)
    ),
    *_pair(9, "the kubelet's configuration", *_CONFIG, reason=_NO_CONFIG),
)
