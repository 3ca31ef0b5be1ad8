"""The iproute2 client: namespaces, interfaces, addresses and routes, on the host or in a named namespace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACES = Path("/run/netns")
_TIMEOUT = 30.0


def show(*words: str, namespace: str | None = None) -> list[dict[str, Any]]:
    """Return what `ip -json <words>` prints; raises CommandError when it fails."""
    printed = run(["ip", *_in(namespace), "-json", *words], timeout=_TIMEOUT).stdout
    rows: list[dict[str, Any]] = json.loads(printed or "[]")
    return rows


def batch(lines: Iterable[str], namespace: str | None = None) -> None:
    """Run many ip commands as one process; raises CommandError at the first that fails."""
    if text := "".join(f"{line}\n" for line in lines):
        run(["ip", *_in(namespace), "-batch", "-"], stdin=text, timeout=_TIMEOUT)


def links(namespace: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the interfaces by name."""
    return {row["ifname"]: row for row in show("link", "show", namespace=namespace)}


def namespaces() -> tuple[str, ...]:
    """Return the names of the network namespaces."""
    return tuple(sorted(path.name for path in NAMESPACES.iterdir())) if NAMESPACES.is_dir() else ()


def namespace_is_alive(name: str) -> bool:
    """Say whether the name stands for a namespace: a killed `ip netns add` leaves an empty file instead."""
    path = NAMESPACES / name
    return path.exists() and path.stat().st_dev != NAMESPACES.stat().st_dev


def add_namespace(name: str) -> None:
    """Make a network namespace, instead of an empty file that has the name."""
    run(["ip", "netns", "add", name], timeout=_TIMEOUT)


def delete_namespace(name: str) -> None:
    """Remove a network namespace, or the empty file that has its name."""
    if namespace_is_alive(name):
        run(["ip", "netns", "delete", name], timeout=_TIMEOUT)
    else:
        (NAMESPACES / name).unlink(missing_ok=True)


def delete_link(name: str, namespace: str | None = None) -> None:
    """Remove an interface if it is there."""
    if name in links(namespace):
        run(["ip", *_in(namespace), "link", "delete", name], timeout=_TIMEOUT)


def _in(namespace: str | None) -> list[str]:
    return ["-netns", namespace] if namespace else []
