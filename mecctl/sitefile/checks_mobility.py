"""Checks of workloads that move: that a gate can stand before them, and that there is somewhere to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place
    from mecctl.model import Workload
    from mecctl.sitefile.view import View


def gates(view: View) -> Iterator[Finding]:
    """A gate passes on HTTP at one TCP port that clients outside, and so the other site's gate, reach."""
    for work, place in _moving(view):
        if len(work.ports) != 1 or not work.tcp_ports:
            what = f"{work.name} moves, and its gate passes on HTTP at one port"
            yield Finding((*place, "ports"), what, "one TCP port")
        if not work.outside:
            what = f"is missing: {work.name} moves, and nobody outside reaches it"
            yield Finding((*place, "outside"), what, "the ranges of its clients, and of the peers' nodes")
        if view.lab is None and view.gate is None:
            what = f"the site names no image for the gate of {work.name}"
            yield Finding((*place, "mobility"), what, "platform: {gate: …}, an image with HAProxy 2.6 and Python 3.11")


def state(view: View) -> Iterator[Finding]:
    """What a workload keeps is in one pod, and is carried over by what it exports."""
    for work, place in _moving(view):
        context = work.mobility.context if work.mobility else None
        if context and [bool(context.export), bool(context.import_)] != [not context.volumes] * 2:
            what = "wants export and import, or volumes: true"
            yield Finding((*place, "mobility", "context"), what, "one of the two")
        volumes = work.mobility is not None and work.mobility.volumes
        if work.storage and not volumes:
            what = f"{work.name} moves, and its volumes would stay behind"
            yield Finding((*place, "storage"), what, "context: {volumes: true} under mobility:, or no storage")
        if volumes and not work.storage:
            what = f"{work.name} has no volumes to take along"
            yield Finding((*place, "mobility", "context", "volumes"), what, "storage:, or another context")
        if work.mobility and work.mobility.context and work.most > 1:
            what = f"{work.name} moves with its state, which more than one replica would share"
            yield Finding((*place, "scale" if work.scale else "replicas"), what, "1")


def homes(view: View) -> Iterator[Finding]:
    """A workload's home is this site or a peer, and there is a peer to go to."""
    if not view.peers.whole:
        return
    peers = view.peers.names
    for work, place in _moving(view):
        known = sorted({*peers, *([view.name] if view.name else [])})
        if not peers:
            yield Finding(
                (*place, "mobility"), f"{work.name} moves, and the site has no peers", "peers:, where it goes"
            )
        elif work.mobility and view.name and work.mobility.home not in known:
            what = f"there is no site {work.mobility.home} here"
            yield Finding((*place, "mobility", "home"), what, f"one of: {', '.join(known)}")


def _moving(view: View) -> Iterator[tuple[Workload, Place]]:
    for index, work in view.workloads.valid.items():
        if work.gated:
            yield work, ("spec", "workloads", index)


CHECKS = (gates, state, homes)
"""Every check of this module."""
