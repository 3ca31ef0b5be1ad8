"""NODE-NET and NODE-FILE: the firewall, ports, and files that every user of a machine gets at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.baseline import golden
from mecctl.audit.checks import mode
from mecctl.audit.control import Finding, failed, held, on_nodes
from mecctl.audit.ports import listeners

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import File, Machine

TABLE = "table inet mecctl"


def expected(machine: Machine) -> frozenset[str]:
    """Return the shapes of listeners that a machine may have, by what it is."""
    if machine.k3s:
        kubernetes = golden.K3S
    else:
        kubernetes = golden.KUBE_PROXY | golden.CILIUM | (golden.KUBEADM_SERVER if machine.server else frozenset())
    ssh = {f"tcp any {port} sshd" for port in machine.seen["sshd"].get("port", "").split()}
    return golden.EVERY_NODE | kubernetes | golden.SLICE_AGENT | golden.NAME_SERVER | golden.CLOCK | ssh


def unexpected(machine: Machine) -> list[str]:
    """Return the shapes of listeners that nobody expects."""
    return sorted({one.shape for one in listeners(machine)} - expected(machine))


def _ports(machine: Machine) -> Finding:
    more = unexpected(machine)
    told = ", ".join(more) if more else f"{len(list(listeners(machine)))} listeners, all expected"
    return held(not more, "ss -lntup", told, "nothing but what mecctl/audit/baseline/golden.py names")


def _firewall(machine: Machine) -> Finding:
    found = machine.seen["firewall"]
    if found is None:
        return failed(f"nft list {TABLE}", "there is no such table", "wanted: mecctl's firewall")
    rules = sum("rule" in one for one in found)
    return held(rules > 0, f"nft list {TABLE}", f"{rules} rules", "rules")


def _closed(machine: Machine) -> Finding:
    chains = [one["chain"] for one in machine.seen["firewall"] or () if "chain" in one]
    inputs = [one for one in chains if one.get("hook") == "input"]
    told = (
        ", ".join(f"chain {one['name']} policy {one.get('policy')}" for one in inputs) or "no chain at the input hook"
    )
    ok = any(one.get("policy") == "drop" for one in inputs)
    return held(ok, f"nft list {TABLE}", told, "policy drop for what comes in")


def _none(key: str, allowed: frozenset[str], what: str, wanted: str) -> Callable[[Machine], Finding]:
    def check(machine: Machine) -> Finding:
        found: list[str] = machine.seen[key]
        more = [path for path in found if path not in allowed]
        told = ", ".join(more[:8]) if more else f"{len(found)} {what}, none beside the expected" if found else "none"
        return held(not more, f"walk of / on {machine.name}: {what}", told, wanted)

    return check


def _if_there(check: Callable[[Machine], Finding], *patterns: str) -> Callable[[Machine], Finding]:
    """Return a check that holds where there is nothing to look at: a machine needn't have every such file."""

    def ask(machine: Machine) -> Finding:
        found: list[File] = [*machine.files(*patterns), *machine.files(*patterns, kind="directory")]
        if not found:
            return held(True, f"stat {' '.join(patterns)}", "not there")
        return check(machine)

    return ask


def _modes(most: int, *patterns: str, kind: str = "file") -> Callable[[Machine], Finding]:
    return _if_there(mode(most, *patterns, k3s=patterns, kind=kind), *patterns)


_CRON = ("/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly")

CONTROLS = (
    on_nodes("NODE-NET-01", "The machine has mecctl's firewall", _firewall),
    on_nodes("NODE-NET-02", "What isn't let in is dropped", _closed),
    on_nodes("NODE-NET-03", "Nothing listens that isn't known", _ports),
    on_nodes(
        "NODE-FILE-01",
        "Everybody may read who has an account, root changes it",
        _modes(0o644, "/etc/passwd*", "/etc/group*"),
    ),
    on_nodes("NODE-FILE-02", "Nobody reads passwords", _modes(0o640, "/etc/shadow*", "/etc/gshadow*")),
    on_nodes("NODE-FILE-03", "Only root reads the SSH server's settings", _modes(0o600, "/etc/ssh/sshd_config")),
    on_nodes("NODE-FILE-04", "Only root reads the machine's SSH keys", _modes(0o600, "/etc/ssh/ssh_host_*_key")),
    on_nodes("NODE-FILE-05", "Only root reads who may log in as root", _modes(0o700, "/root/.ssh", kind="directory")),
    on_nodes("NODE-FILE-06", "Only root reads what the machine does by the clock", _modes(0o600, "/etc/crontab")),
    on_nodes("NODE-FILE-07", "Only root adds to it", _modes(0o700, *_CRON, kind="directory")),
    on_nodes("NODE-FILE-08", "Nobody reads who may become root", _modes(0o440, "/etc/sudoers", "/etc/sudoers.d/*")),
    on_nodes(
        "NODE-FILE-09",
        "No unknown program runs with its owner's rights",
        _none("setuid", golden.SETUID, "setuid and setgid programs", "nothing beside golden.SETUID"),
    ),
    on_nodes(
        "NODE-FILE-10",
        "Nobody writes files of others",
        _none("writable", frozenset(), "files and folders that everybody may write to", "none without the sticky bit"),
    ),
    on_nodes(
        "NODE-FILE-11",
        "Nobody reads secrets",
        _none("readable", frozenset(), "secrets that everybody may read", "none"),
    ),
)
