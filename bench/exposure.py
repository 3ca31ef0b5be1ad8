"""What a node of a site shows to strangers: TCP ports they reach, files everybody reads, programs that give rights."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from mecctl.nodes.evidence import gather

if TYPE_CHECKING:
    from mecctl.sitefile import SiteFolder

_PATIENCE = 2.0


def shown(site: SiteFolder) -> dict[str, set[str]]:
    """Return, by kind, all that the site's first server shows; ports are those that this machine, no node, gets to."""
    server = site.site.servers[0]
    seen = gather(site)[server.name]
    if isinstance(seen, Exception):
        raise seen
    found = {kind: set(seen[kind]) for kind in ("setuid", "readable", "writable")}
    ports = {one["port"]: one["process"] for one in seen["listeners"] if one["protocol"] == "tcp"}
    found["reached"] = {f"{port} {name}" for port, name in ports.items() if _reached(str(server.address), int(port))}
    return found


def table(by_site: dict[str, dict[str, set[str]]]) -> None:
    """Print how many of each kind every site shows, and what only one of them does."""
    for kind in next(iter(by_site.values())):
        sets = {name: found[kind] for name, found in by_site.items()}
        common = set.intersection(*sets.values())
        print(f"{kind}: {', '.join(f'{name} {len(found)}' for name, found in sets.items())}; common: {sorted(common)}")
        for name, found in sets.items():
            print(f"  only {name}: {sorted(found - common)}")


def _reached(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True
