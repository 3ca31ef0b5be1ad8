"""The inverse of a state: what it put on the node goes, and what programs left behind with it."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import firewall, kubeadm, masks, programs, sshd, units, users
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.files import remove
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible.module_utils.mecctl.converge import Result
    from ansible.module_utils.mecctl.item import Context

Step = tuple[str, "Callable[[], object]"]


def take_off(states: list[dict[str, Any]], context: Context, result: Result, *, check: bool) -> None:
    """Fill `result` with what the states put on the node and take it off unless `check`.

    A state's `reset` says what its programs leave behind: `{programs, rules, nft_tables,
    interfaces, mounts, empty, paths}`.
    Packages stay. Goes on past errors and raises NodeError with all of them at the end.
    """
    errors = []
    done: set[str] = set()
    for subject, act in _steps(states[::-1], context):
        try:
            if not check:
                act()
        except (NodeError, OSError) as error:
            errors.append(f"{subject}: {error}")
            continue
        if subject not in done:
            result.changes.append({"subject": subject, "action": "delete", "reason": "the site is taken down"})
        done.add(subject)
    if not check:
        remove_store(context.store)
        run(["systemctl", "daemon-reload"], check=False)
    if errors:
        raise NodeError("some of it could not be taken off", why="; ".join(errors), fix="run the same command again")


def remove_store(store: Path) -> None:
    """Forget the artifacts and records; a volume that the node was given stays."""
    for path in store.iterdir() if store.is_dir() else ():
        if path.name != "seed":
            remove(path)


def _steps(states: list[dict[str, Any]], context: Context) -> Iterator[Step]:
    """What there is to take off: first what runs, then what it ran on and left behind."""
    if any(state.get("kubeadm") for state in states) and _was_member():
        yield "kubeadm", partial(kubeadm.undo, stays=False)
    for state in states:
        yield from _stop_units([wanted["name"] for wanted in state.get("units", []) if not wanted.get("stays")])
    for state in states:
        yield from _soften(state, context)
        yield from _clean(state, state.get("reset", {}))


def _clean(state: dict[str, Any], left: dict[str, Any]) -> Iterator[Step]:
    for pid, program in programs.running(left.get("programs", [])):
        yield f"program {program}", partial(programs.end, pid)
    yield from _drop_rules(left.get("rules", ""))
    yield from _drop_tables(left.get("nft_tables", []))
    yield from _unmount(left.get("mounts", []))
    yield from _unlink_interfaces(left.get("interfaces", []))
    declared = [
        wanted["path"] for kind in ("links", "files", "key_files", "binaries") for wanted in state.get(kind, [])
    ]
    inside = [path for name in left.get("empty", []) if Path(name).is_dir() for path in Path(name).iterdir()]
    for path in [*map(Path, declared), *_found(left.get("paths", [])), *inside]:
        yield from _delete(path)
    for wanted in reversed(state.get("directories", [])):
        path = Path(wanted["path"])
        if path.is_dir() and not any(path.iterdir()):
            yield f"folder {path}", path.rmdir
    for wanted in state.get("users", []):
        if users.there(wanted["name"]):
            yield f"user {wanted['name']}", partial(users.remove, wanted["name"])


def _soften(state: dict[str, Any], context: Context) -> Iterator[Step]:
    """What the node was closed by: its packet filter, its SSH server's settings, services that may not run."""
    if "firewall" in state and firewall.there():
        yield firewall.SUBJECT, firewall.remove
    path = Path(state["sshd"]["path"]) if "sshd" in state else None
    if path and path.exists():
        yield f"file {path}", partial(sshd.remove, path)
    for name in masks.masked(context) if "masked" in state else []:
        yield f"unit {name}", partial(masks.unmask, name, context)


def _found(patterns: list[str]) -> Iterator[Path]:
    """Paths as they are named, and what is there of those with a `*`."""
    for pattern in patterns:
        yield from sorted(Path("/").glob(pattern[1:])) if "*" in pattern else [Path(pattern)]


def _was_member() -> bool:
    return any(
        (kubeadm.ETC / name).exists() for name in ("kubelet.conf", "manifests/kube-apiserver.yaml", "pki/ca.crt")
    )


def _drop_rules(pattern: str) -> Iterator[Step]:
    """Packet filter chains and rules that match `pattern`, in the tables that iptables keeps."""
    for save, restore in (("iptables-save", "iptables-restore"), ("ip6tables-save", "ip6tables-restore")):
        lines = run([save], check=False).out.splitlines() if pattern and shutil.which(save) else []
        kept = [line for line in lines if not re.search(pattern, line)]
        if kept != lines:
            yield f"rules {pattern}", partial(run, [restore], stdin="\n".join(kept) + "\n")


def _drop_tables(names: list[str]) -> Iterator[Step]:
    there = run(["nft", "list", "tables"], check=False).out.splitlines() if names and shutil.which("nft") else []
    for name in names:
        if f"table {name}" in there:
            yield f"table {name}", partial(run, ["nft", "delete", "table", *name.split()])


def _stop_units(names: list[str]) -> Iterator[Step]:
    for name, now in units.states(names).items():
        if now.get("ActiveState") in ("active", "activating", "failed") or now.get("UnitFileState") == "enabled":
            yield f"unit {name}", partial(units.stop, name)


def _unmount(prefixes: list[str]) -> Iterator[Step]:
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for point in sorted(points, reverse=True):
        if any(point.startswith(prefix) for prefix in prefixes):
            yield f"mount {point}", partial(run, ["umount", "--lazy", point])


def _unlink_interfaces(patterns: list[str]) -> Iterator[Step]:
    for pattern in patterns:
        for path in sorted(Path("/sys/class/net").glob(pattern)):
            yield f"interface {path.name}", partial(run, ["ip", "link", "delete", path.name], check=False)


def _delete(path: Path) -> Iterator[Step]:
    if path.is_symlink() or path.exists():
        yield f"path {path}", partial(remove, path)
