"""Checks of what only K3s has: its options by the version's own table, its tokens, its registries."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from mecctl.model import K3s
from mecctl.sitefile.checks_cluster import K3S_MINORS
from mecctl.sitefile.view import Finding
from mecctl.standards import k3s

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mecctl.document import Document, Place
    from mecctl.errors import Problem
    from mecctl.sitefile.view import View

_KUBERNETES: Place = ("spec", "kubernetes")
_K3S: Place = (*_KUBERNETES, "k3s")
_BACKEND: Place = (*_KUBERNETES, "network", "flannelBackend")
_FORM = re.compile(r"(?!K10)[!-9;-~]{32,512}")
_MAKE = "openssl rand -hex 32 > FILE; chmod 600 FILE"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What mecctl gives the kubelet as flags, which win over its configuration, and what K3s itself writes there.
_KUBELET_SET = {
    "apiVersion", "kind", "streamingConnectionIdleTimeout", "podPidsLimit", "seccompDefault", "tlsMinVersion",
    "tlsCipherSuites", "failCgroupV1", "protectKernelDefaults", "registerWithTaints", "clusterDNS", "clusterDomain",
}  # fmt: skip


def only_k3s(view: View) -> Iterator[Finding]:
    """What only K3s has stands in no site of another distribution."""
    if view.distribution in {None, "k3s"}:
        return
    if view.k3s and view.k3s != K3s():
        yield Finding(_K3S, f"this is K3s', and the distribution is {view.distribution}", "leave it out")
    if view.registries:
        what = f"registries of one's own aren't built under {view.distribution}"
        yield Finding((*_KUBERNETES, "registries"), what, "leave it out, or distribution: k3s")
    if view.network and view.network.flannel_backend != "vxlan":
        yield Finding(_BACKEND, f"flannel is K3s', and the distribution is {view.distribution}", "leave it out")


def backend(view: View) -> Iterator[Finding]:
    """Pod traffic is either encrypted or routed as it is."""
    if view.network and view.network.flannel_backend == "host-gw" and view.network.encryption != "none":
        what = f"host-gw routes packets as they are, and encryption is {view.network.encryption}"
        yield Finding(_BACKEND, what, "leave flannelBackend out, or encryption: none")


def options(view: View) -> Iterator[Finding]:
    """Options are those of the site's version, and none that mecctl writes itself."""
    if view.k3s is None or view.version is None or view.distribution != "k3s" or not _is_known(view.version):
        return
    given = (("serverOptions", "server", view.k3s.server_options), ("nodeOptions", "agent", view.k3s.node_options))
    for field, role, config in given:
        place: Place = (*_K3S, field)
        for one in k3s.refused(config, view.version, role):
            yield Finding((*place, one.option), one.what, one.allowed)
        for name in config:
            if (option := k3s.options().get(name)) and option.set_by:
                yield Finding((*place, name), f"{name} isn't for a site file to set", option.set_by)


def kubelet(view: View) -> Iterator[Finding]:
    """The kubelet's configuration says nothing twice."""
    for name in view.k3s.kubelet if view.k3s else ():
        place: Place = (*_K3S, "kubelet", name)
        if name in _KUBELET_SET:
            yield Finding(place, f"{name} is set by K3s or by mecctl", "leave it out")
        elif not re.fullmatch(r"[a-z][A-Za-z0-9]*", name):
            yield Finding(place, f"{name} is no field of KubeletConfiguration", "for example maxPods")


def tokens(document: Document, folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the files of tokens that the site names: who may read them, what is in them."""
    read: dict[str, str] = {}
    for key in ("tokenFile", "agentTokenFile"):
        name = _at(document.data, (*_K3S, key))
        if not isinstance(name, str) or not name:
            continue
        path, place = folder / name, (*_K3S, key)
        if not path.is_file():
            yield document.problem(place, f"there is no file {path}", _MAKE)
        elif path.stat().st_mode & _OTHERS:
            what = f"others may read the token in {path} (mode {stat.S_IMODE(path.stat().st_mode):04o})"
            yield document.problem(place, what, f"chmod 600 {path}")
        elif not _FORM.fullmatch(text := path.read_text(errors="replace").strip()):
            what = f"{path} holds no token: one line of 32 to 512 characters without spaces and ':', not a K10 form"
            yield document.problem(place, what, _MAKE)
        elif text in read.values():
            what = "agents have the servers' token, with which they could become servers"
            yield document.problem(place, what, "a token of its own in each file")
        else:
            read[key] = text


def _is_known(version: str) -> bool:
    return "+k3s" in version and k3s.minor(version) in K3S_MINORS


def _at(data: object, place: Place) -> object:
    for key in place:
        data = data.get(key) if isinstance(data, dict) else None
    return data


CHECKS = (only_k3s, backend, options, kubelet)
"""Every check of this module that needs no file."""
