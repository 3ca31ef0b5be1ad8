"""The system below Kubernetes: kernel settings, SSH server, firewall, clock, core dumps, accounts, services."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

SYSCTLS = (
    "kernel.randomize_va_space", "kernel.kptr_restrict", "kernel.dmesg_restrict", "kernel.yama.ptrace_scope",
    "kernel.unprivileged_bpf_disabled", "kernel.perf_event_paranoid", "kernel.sysrq", "kernel.panic",
    "kernel.panic_on_oops", "kernel.core_pattern", "vm.overcommit_memory", "vm.panic_on_oom", "fs.protected_hardlinks",
    "fs.protected_symlinks", "fs.protected_fifos", "fs.protected_regular", "fs.suid_dumpable",
    "net.ipv4.tcp_syncookies", "net.ipv4.icmp_echo_ignore_broadcasts", "net.ipv4.icmp_ignore_bogus_error_responses",
    "net.ipv4.conf.all.accept_redirects", "net.ipv4.conf.default.accept_redirects",
    "net.ipv4.conf.all.secure_redirects", "net.ipv4.conf.default.secure_redirects",
    "net.ipv4.conf.all.send_redirects", "net.ipv4.conf.default.send_redirects",
    "net.ipv4.conf.all.accept_source_route", "net.ipv4.conf.default.accept_source_route",
    "net.ipv6.conf.all.accept_redirects", "net.ipv6.conf.default.accept_redirects",
    "net.ipv6.conf.all.accept_source_route", "net.ipv6.conf.default.accept_source_route",
    "net.ipv6.conf.all.accept_ra", "net.ipv6.conf.default.accept_ra",
)  # fmt: skip
UNITS = (
    "containerd.service", "kubelet.service", "k3s.service", "k3s-agent.service", "nftables.service",
    "systemd-timesyncd.service", "chrony.service", "chronyd.service", "ntpsec.service", "systemd-journald.service",
    "auditd.service", "ssh.service", "sshd.service",
)  # fmt: skip


def look() -> dict[str, Any]:
    """Return `{container, sysctls, sshd, firewall, clock, dumps, accounts, units}`."""
    return {
        "container": _said("systemd-detect-virt", "-c") not in {"", "none"},
        "sysctls": {name: value for name in SYSCTLS if (value := _sysctl(name)) is not None},
        "sshd": _sshd(),
        "firewall": _firewall(),
        "clock": _properties("timedatectl", "show"),
        "dumps": _dumps(),
        "accounts": _accounts(),
        "units": {name: shown["ActiveState"] for name in UNITS if (shown := _unit(name))["LoadState"] == "loaded"},
    }


def _said(*command: str) -> str:
    """Return what a command printed; nothing where the node hasn't got it."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""


def _properties(*command: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in _said(*command).splitlines() if "=" in line)


def _sysctl(name: str) -> str | None:
    try:
        return " ".join(Path("/proc/sys", *name.split(".")).read_text().split())
    except OSError:
        return None


def _sshd() -> dict[str, str]:
    """Return the SSH server's settings as it would use them (sshd -T); a repeated one has its values joined."""
    found: dict[str, str] = {}
    for line in _said("/usr/sbin/sshd", "-T").splitlines():
        key, _, value = line.partition(" ")
        found[key] = f"{found[key]} {value}" if key in found else value
    return found


def _firewall() -> list[dict[str, Any]] | None:
    """Return the chains and rules of the table `inet mecctl`; None where there is no such table."""
    text = _said("nft", "-j", "list", "table", "inet", "mecctl")
    return json.loads(text)["nftables"] if text else None


def _dumps() -> dict[str, Any]:
    """Return `{storage, limits}`: systemd-coredump's Storage, and the hard limits of /etc/security."""
    files = ["/etc/systemd/coredump.conf", *sorted(map(str, Path("/etc/systemd/coredump.conf.d").glob("*.conf")))]
    storage = [one for file in files for one in re.findall(r"^Storage=(\w+)", _text(file), re.MULTILINE)]
    files = ["/etc/security/limits.conf", *sorted(map(str, Path("/etc/security/limits.d").glob("*.conf")))]
    limits = [
        one for file in files for one in re.findall(r"^\*\s+(?:hard|-)\s+core\s+(\S+)", _text(file), re.MULTILINE)
    ]
    return {"storage": storage[-1] if storage else None, "limits": limits}


def _accounts() -> dict[str, list[str]]:
    """Return `{uid0, passwordless}`: names of accounts with the number 0, and of those anybody may log in to."""
    users = [line.split(":") for line in _text("/etc/passwd").splitlines()]
    shadow = [line.split(":") for line in _text("/etc/shadow").splitlines()]
    return {
        "uid0": [user[0] for user in users if len(user) > 2 and user[2] == "0"],
        "passwordless": [user[0] for user in shadow if len(user) > 1 and not user[1]],
    }


def _unit(name: str) -> dict[str, str]:
    return {"LoadState": "", "ActiveState": ""} | _properties("systemctl", "show", "-p", "LoadState,ActiveState", name)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
