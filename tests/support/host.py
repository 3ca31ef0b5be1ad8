"""What a machine looks like, for saying that a test left it as it was."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

# Counters and random numbers: they differ from one look to the next on an idle machine.
_VOLATILE = re.compile(
    r"^(fs\.(dentry|file|inode|aio|quota)[.-](state|nr|syncs|.*)|kernel\.(ns_last_pid|random\.|pty\.nr|tainted)"
    r"|net\.netfilter\.nf_conntrack_count|kernel\.sched_domain|vm\.stat)"
)
_COMMANDS = {
    "interfaces": ["ip", "-brief", "link", "show"],
    "addresses": ["ip", "-brief", "address", "show"],
    "routes": ["ip", "route", "show", "table", "all"],
    "rules": ["ip", "rule", "show"],
    "neighbours": ["ip", "-brief", "neighbour", "show", "nud", "permanent"],
    "namespaces": ["ip", "netns", "list"],
    "nftables": ["nft", "--stateless", "list", "ruleset"],
    "sysctls": ["sysctl", "--all"],
    "containers": ["podman", "ps", "--all", "--format", "{{.Names}}"],
    "volumes": ["podman", "volume", "ls", "--quiet"],
    "networks": ["podman", "network", "ls", "--quiet"],
    "swaps": ["cat", "/proc/swaps"],
    "modules": ["sh", "-c", "cut -d' ' -f1 /proc/modules || true"],
}
_CGROUPS = Path("/sys/fs/cgroup")

Snapshot = dict[str, frozenset[str]]


def snapshot() -> Snapshot:
    """Look at everything of the host that a lab could change; slow things (1 s) included."""
    found = {name: frozenset(_lines(command)) for name, command in _COMMANDS.items()}
    found["sysctls"] = frozenset(line for line in found["sysctls"] if not _VOLATILE.match(line))
    found["mounts"] = frozenset(_mounts())
    found["cgroups"] = frozenset(str(path) for path in [*_CGROUPS.glob("*/"), *_CGROUPS.glob("*/*/")])
    found["processes"] = frozenset(_container_processes())
    found["binary formats"] = frozenset(path.name for path in Path("/proc/sys/fs/binfmt_misc").glob("*"))
    return found


def changes(before: Snapshot, after: Snapshot, lab_id: str) -> list[str]:
    """Return what came (+) and what went (-), sorted by kind; empty when nothing did.

    What bears the id of another lab than `lab_id` is left out: others may work on this machine at the same time.
    """
    foreign = re.compile(rf"\b(mec|mecctl)[-_]([a-z0-9-]+-)?(?!{lab_id})[0-9a-f]{{8}}(?![0-9a-z])")
    return [
        f"{kind}: {sign} {line}"
        for kind in before
        for sign, lines in (("+", after[kind] - before[kind]), ("-", before[kind] - after[kind]))
        for line in sorted(lines)
        if not foreign.search(line)
    ]


def left_behind(before: Snapshot, lab_id: str) -> list[str]:
    """Return the changes since `before` once there are none, or after 10 s: killed processes take a moment."""
    deadline = time.monotonic() + 10
    while (found := changes(before, snapshot(), lab_id)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def _lines(command: list[str]) -> list[str]:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line.strip() for line in ended.stdout.splitlines() if line.strip()]


def _mounts() -> list[str]:
    """Return mount point, type and source; not the ids, which the kernel hands out anew."""
    rows = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [f"{left.split()[4]} {' '.join(right.split()[:2])}" for left, right in rows]


def _container_processes() -> list[str]:
    """Return the containers that a process looks after, and the lab groups that have any process."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words, groups = (path / "cmdline").read_text().split("\0"), (path / "cgroup").read_text()
        except OSError:
            continue  # it ended meanwhile
        if inside := re.search(r"mecctl-[0-9a-f]{8}", groups):
            found.add(f"some in {inside.group()}")
        if words[0].endswith("conmon") and "-n" in words:
            found.add(f"conmon of {words[words.index('-n') + 1]}")
    return sorted(found)
