"""CIS 2: etcd. K3s has it in its process and its settings in a file, read as the flags that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.checks import MISSING
from mecctl.audit.control import Finding, excluded, failed, held, on_servers
from mecctl.audit.evidence import Component

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Machine

K3S_CONFIG = "/var/lib/rancher/k3s/server/db/etcd/config"
_SECTIONS = (("client-transport-security", ""), ("peer-transport-security", "peer-"))


def etcd(machine: Machine) -> Component | None:
    """Return etcd as it runs on a machine, its flags named as etcd's command line does."""
    if not machine.k3s:
        return machine.component("etcd")
    config = machine.document(K3S_CONFIG)
    if config is None:
        return None
    flags = {
        prefix + key: str(value).lower() if isinstance(value, bool) else str(value)
        for section, prefix in _SECTIONS
        for key, value in (config.get(section) or {}).items()
    }
    return Component(K3S_CONFIG, flags)


def _asks(check: Callable[[Machine, Component], Finding]) -> Callable[[Machine], Finding]:
    def ask(machine: Machine) -> Finding:
        running = etcd(machine)
        if running:
            return check(machine, running)
        if machine.k3s:
            return excluded(f"stat {K3S_CONFIG}", "nothing is there", "K3s keeps its state in SQLite here, not in etcd")
        return failed(f"{machine.name}: processes", "no etcd was found", "its flags are unknown")

    return ask


def _flags(wanted: str, holds: Callable[[str | None], bool], *names: str) -> Callable[[Machine], Finding]:
    def check(_: Machine, running: Component) -> Finding:
        values = {name: running.flags.get(name) for name in names}
        told = ", ".join(f"--{name} is {value or MISSING}" for name, value in values.items())
        return held(all(map(holds, values.values())), running.source, told, wanted)

    return _asks(check)


def _own_authority(machine: Machine, running: Component) -> Finding:
    """Hold where etcd trusts another authority than the API does: or every client of the API could read its store."""
    mine = running.flags.get("trusted-ca-file", "")
    theirs = machine.flag("kube-apiserver", "client-ca-file") or ""
    prints = [machine.seen["certificates"].get(path, {}).get("fingerprint") for path in (mine, theirs)]
    told = f"--trusted-ca-file={mine or MISSING} {_short(prints[0])}, the API's {theirs or MISSING} {_short(prints[1])}"
    return held(None not in prints and prints[0] != prints[1], running.source, told, "an authority of its own")


def _short(fingerprint: str | None) -> str:
    return f"(sha256 {fingerprint[:16]}…)" if fingerprint else "(not found)"


CONTROLS = (
    on_servers("2.1", "Clients speak TLS with etcd", _flags("files", bool, "cert-file", "key-file")),
    on_servers("2.2", "etcd checks its clients", _flags("true", lambda value: value == "true", "client-cert-auth")),
    on_servers(
        "2.3", "etcd's certificate isn't self-signed", _flags("false", lambda v: v in {None, "false"}, "auto-tls")
    ),
    on_servers("2.4", "Members of etcd speak TLS", _flags("files", bool, "peer-cert-file", "peer-key-file")),
    on_servers(
        "2.5",
        "Members of etcd check each other",
        _flags("true", lambda value: value == "true", "peer-client-cert-auth"),
    ),
    on_servers(
        "2.6",
        "Members' certificates aren't self-signed",
        _flags("false", lambda value: value in {None, "false"}, "peer-auto-tls"),
    ),
    on_servers("2.7", "etcd trusts an authority of its own", _asks(_own_authority)),
)
