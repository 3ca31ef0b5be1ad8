"""The operating system of a node: which family it is of, and what of it keeps Kubernetes from running.

Names are those of os-release(5). What each family needs is in the roles' defaults, by the family's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mecctl.nodes.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Family = Literal["debian", "redhat", "suse"]
_FAMILIES: dict[str, Family] = {
    "debian": "debian",
    "ubuntu": "debian",
    "rhel": "redhat",
    "fedora": "redhat",
    "centos": "redhat",
    "suse": "suse",
    "sles": "suse",
    "opensuse": "suse",
    "opensuse-leap": "suse",
}
"""By os-release's ID and ID_LIKE: those that a distribution goes by, or says that it is like."""
INSTALL: dict[Family, str] = {
    "debian": "apt-get install -y",
    "redhat": "dnf install -y",
    "suse": "zypper --non-interactive install",
}
MIN_PYTHON = (3, 9)
"""What the modules that run on nodes are written for; RHEL 9 has it."""

# Plain sh. A newer Python may stand beside the system's own, as on SLES 15; Ansible takes it then.
LOOK = r"""
(. /etc/os-release && echo "os_like=$ID $ID_LIKE" && echo "os_name=$PRETTY_NAME") 2>/dev/null
test -w /usr && echo usr_writable=1
test "$(cat /sys/fs/selinux/enforce 2>/dev/null)" = 1 && echo selinux=enforcing
ls /usr/share/selinux/packages/k3s.pp* >/dev/null 2>&1 && echo selinux_k3s=1
for one in firewalld ufw; do systemctl is-active --quiet "$one" 2>/dev/null && echo "filter=$one"; done
for one in 14 13 12 11 10 9; do command -v "python3.$one" >/dev/null && echo "python=3.$one" && break; done ||
  python3 -c 'import sys; print("python=%d.%d" % sys.version_info[:2])' 2>/dev/null
"""


@dataclass(frozen=True)
class System:
    """What was seen of a node's system; `python` is (major, minor), None without one.

    `filters` are front ends that are active and own a packet filter; `selinux` is whether it enforces, `selinux_k3s`
    whether K3s's policy is there.
    """

    name: str
    family: Family | None
    python: tuple[int, int] | None
    usr_writable: bool = True
    selinux: bool = False
    selinux_k3s: bool = False
    filters: tuple[str, ...] = ()


def parse(one: Mapping[str, str], filters: Sequence[str]) -> System:
    """Read the answers to LOOK, by key, and all `filters` that were told."""
    major, _, minor = one.get("python", "").partition(".")
    known = [_FAMILIES[word] for word in one.get("os_like", "").split() if word in _FAMILIES]
    return System(
        name=one.get("os_name", ""),
        family=known[0] if known else None,
        python=(int(major), int(minor)) if minor else None,
        usr_writable="usr_writable" in one,
        selinux="selinux" in one,
        selinux_k3s="selinux_k3s" in one,
        filters=tuple(filters),
    )


def faults(node: str, seen: System, distribution: str, hardening: str) -> Iterator[Finding]:
    """Yield what keeps a node's system from being one of a cluster of this `distribution` and `hardening`."""
    if seen.family is None:
        what = f"its system is {seen.name or 'one without /etc/os-release'}"
        known = "Debian, Ubuntu, or one of the families of RHEL and SUSE"
        yield Finding(node, "system", what, "packages are installed by apt, dnf or zypper", known)
    if not seen.usr_writable:
        yield Finding(
            node, "system", "its /usr is read-only", "packages can't be installed", "a system that isn't an image"
        )
    yield from _python(node, seen)
    yield from _selinux(node, seen, distribution)
    for name in seen.filters if hardening == "none" else ():
        what, cause = f"{name} filters its packets", "it refuses what pods and nodes say to each other"
        yield Finding(
            node, "firewall", what, cause, f"systemctl disable --now {name}; or hardening: cis, which brings a filter"
        )


def _python(node: str, seen: System) -> Iterator[Finding]:
    install = INSTALL.get(seen.family or "debian")
    if seen.python is None:
        yield Finding(node, "python", "it has no python3", None, f"{install} python3")
    elif seen.python < MIN_PYTHON:
        what = "its Python is {}.{}".format(*seen.python)
        yield Finding(
            node, "python", what, "3.9 or newer is needed", f"{install} python311, beside it; or a newer system"
        )


def _selinux(node: str, seen: System, distribution: str) -> Iterator[Finding]:
    if not seen.selinux:
        return
    off = "SELINUX=permissive in /etc/selinux/config, and setenforce 0"
    if distribution == "kubeadm":
        cause = "kubeadm's control plane has no policy for it (kubernetes.io, Installing kubeadm)"
        yield Finding(node, "selinux", "SELinux enforces", cause, f"{off}; or distribution: k3s")
    elif not seen.selinux_k3s:
        cause = "K3s's policy isn't installed (docs.k3s.io, SELinux Support)"
        yield Finding(
            node, "selinux", "SELinux enforces", cause, f"the package k3s-selinux of the K3s project; or {off}"
        )
