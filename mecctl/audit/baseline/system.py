"""NODE-TIME, NODE-DUMP, NODE-ACCOUNT, NODE-CERT, NODE-LOG: clock, core dumps, accounts, certificates, logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mecctl.audit.control import Finding, excluded, failed, held, on_nodes

if TYPE_CHECKING:
    from mecctl.audit.evidence import Machine

LEAST = 30
"""Days that a certificate has to hold on: time enough for a site that nobody gets to every week."""
RENEWAL = "mecctl site rotate SITE certs renews them"
_DAY = 86_400
CLOCKS = ("systemd-timesyncd.service", "chrony.service", "chronyd.service", "ntpsec.service")


def _clock(machine: Machine) -> Finding:
    told = machine.seen["clock"]
    synchronized = told.get("NTPSynchronized", "unknown")
    running = [unit for unit in CLOCKS if machine.seen["units"].get(unit) == "active"]
    found = f"NTPSynchronized={synchronized}; {', '.join(running) or 'no service keeps it'}"
    if machine.container:
        return excluded("timedatectl show", found, "the node is a container: its clock is its host's")
    return held(synchronized == "yes" and bool(running), "timedatectl show", found, "a clock that is kept")


def _dumps(machine: Machine) -> Finding:
    dumps = machine.seen["dumps"]
    storage, limits = dumps["storage"], dumps["limits"]
    told = f"coredump.conf: Storage={storage or 'not set'}; limits.conf: * hard core {', '.join(limits) or 'not set'}"
    source = "/etc/systemd/coredump.conf.d, /etc/security/limits.d"
    return held(storage == "none" and "0" in limits, source, told, "Storage=none, * hard core 0")


def _suid_dumps(machine: Machine) -> Finding:
    value = machine.seen["sysctls"].get("fs.suid_dumpable")
    told = f"fs.suid_dumpable = {value}"
    if machine.container:
        return excluded("sysctl fs.suid_dumpable", told, "the node is a container: it shares its host's kernel")
    return held(value == "0", "sysctl fs.suid_dumpable", told, "0")


def _root(machine: Machine) -> Finding:
    found = machine.seen["accounts"]["uid0"]
    return held(found == ["root"], "/etc/passwd", f"accounts with the number 0: {', '.join(found)}", "root only")


def _passwords(machine: Machine) -> Finding:
    found = machine.seen["accounts"]["passwordless"]
    return held(not found, "/etc/shadow", f"accounts without a password: {', '.join(found) or 'none'}", "none")


def _certificates(machine: Machine) -> Finding:
    """Hold where every certificate of Kubernetes holds on; the one that the kubelet renews by itself counts as well."""
    found = machine.seen["certificates"]
    if not found:
        return failed("certificates of Kubernetes", "none was found", "wanted: certificates")
    path = min(found, key=lambda one: float(found[one]["ends"]))
    ends = float(found[path]["ends"])
    days = (ends - machine.now) / _DAY
    told = f"{path} is the first to end, on {datetime.fromtimestamp(ends, UTC):%Y-%m-%d}, in {days:.0f} days"
    return held(days >= LEAST, f"{len(found)} certificates on {machine.name}", told, f"{LEAST} days or more: {RENEWAL}")


def _log(machine: Machine) -> Finding:
    state = machine.seen["units"].get("systemd-journald.service", "not there")
    return held(state == "active", "systemctl show systemd-journald", f"it is {state}", "active")


CONTROLS = (
    on_nodes("NODE-TIME-01", "The clock is kept", _clock),
    on_nodes("NODE-DUMP-01", "Memory isn't written to disk when a program fails", _dumps),
    on_nodes("NODE-DUMP-02", "Nor that of programs with others' rights", _suid_dumps),
    on_nodes("NODE-ACCOUNT-01", "There is one root", _root),
    on_nodes("NODE-ACCOUNT-02", "Every account has a password or none to log in with", _passwords),
    on_nodes("NODE-CERT-01", "Certificates hold on", _certificates),
    on_nodes("NODE-LOG-01", "The machine keeps a log", _log),
)
