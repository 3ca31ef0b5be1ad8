"""Where a workload that moves is, as one site has written it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.cluster.moving.record import Ledger

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site, Workload


def ledger(client: KubeClient, site: Site, work: Workload) -> Ledger:
    """Return a site's record of a workload that moves."""
    namespace = site.slice(work.slice).namespace
    return Ledger(client, namespace, work.name, "local" if work.is_home(site.name) else "closed")


def where(client: KubeClient, site: Site, work: Workload) -> str:
    """Say where it is: `here`, `at SITE`, `moves from SITE to SITE`; nothing of one that doesn't move."""
    if not work.gated or work.mobility is None:
        return ""
    found, _ = ledger(client, site, work).read()
    if found.mode == "moving":
        return f"moves from {found.source} to {found.target}"
    if found.mode == "local":
        return "here"
    return f"at {work.mobility.home}" if found.mode == "closed" else f"at {found.target or found.peer}"
