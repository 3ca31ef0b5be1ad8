"""Checks across slices, workloads and policies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.document import Place
    from mecctl.model import PolicyTarget, Workload
    from mecctl.sitefile.view import Items, M, View


def unique_slices(view: View) -> Iterator[Finding]:
    """No two slices share a name, or an S-NSSAI and so a namespace."""
    yield from _unique_names(view.slices, "slices")
    seen: dict[str, str] = {}
    for index, found in view.slices.valid.items():
        identity = str(found.snssai)
        if identity in seen:
            what = f"{identity} is also the S-NSSAI of {seen[identity]}; both would be namespace {found.namespace}"
            yield Finding(("spec", "slices", index, "snssai"), what, "each slice has its own S-NSSAI")
        seen.setdefault(identity, found.name)


def workloads(view: View) -> Iterator[Finding]:
    """Workloads have names of their own, a slice that is there, and ports that differ."""
    yield from _unique_names(view.workloads, "workloads")
    for index, name in view.workloads.texts("slice").items():
        yield from _known_slice(view, ("spec", "workloads", index, "slice"), name)
    for index, workload in view.workloads.valid.items():
        yield from _ports(workload, ("spec", "workloads", index, "ports"))


def policies(view: View) -> Iterator[Finding]:
    """A policy opens something that is there, from another slice, and only once."""
    seen: set[object] = set()
    for index, policy in view.policies.valid.items():
        place: Place = ("spec", "policies", index)
        yield from _known_slice(view, (*place, "from", "slice"), policy.source.slice)
        yield from _known_slice(view, (*place, "to", "slice"), policy.target.slice)
        yield from _known_target(view, (*place, "to"), policy.target)
        if policy.source.slice == policy.target.slice:
            yield Finding((*place, "to", "slice"), "is the slice it comes from", "another; inside a slice all is open")
        if policy in seen:
            yield Finding(place, "is there already", "each policy once")
        seen.add(policy)


def dedicated(view: View) -> Iterator[Finding]:
    """Network functions of a slice's own serve no other, and none of another's serves it (GSMA NG.116, 3.4.8)."""
    own = {part.name for part in view.slices.valid.values() if part.isolation == "network-function"}
    for index, policy in view.policies.valid.items():
        for end, name in (("from", policy.source.slice), ("to", policy.target.slice)):
            if name in own:
                what = f"isolation network-function of {name} shares no workload with another slice"
                place = ("spec", "policies", index, end, "slice")
                yield Finding(place, what, f"no policy from or to {name}, or isolation: tenant")


def _unique_names(items: Items[M], key: str) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for index, name in items.texts("name").items():
        if name in seen:
            what = f"{name} is also the name of spec.{key}[{seen[name]}]"
            yield Finding(("spec", key, index, "name"), what, "each name once")
        seen.setdefault(name, index)


def _ports(workload: Workload, place: Place) -> Iterator[Finding]:
    """A Service has each port of a protocol once, and each port's name."""
    for written, times in Counter(port.written for port in workload.ports).items():
        if times > 1:
            yield Finding(place, f"port {written} comes {times} times", "each port once")
    numbers = {(port.protocol, port.port) for port in workload.ports}
    names = Counter(port.label for port in workload.ports)
    for name, times in names.items():
        if times > 1 and len(numbers) == len(workload.ports):
            yield Finding(place, f"{times} ports are called {name}", "each name once")


def _known_slice(view: View, place: Place, name: str) -> Iterator[Finding]:
    if view.slices.named and name not in view.slices.names:
        yield Finding(place, f"there is no slice {name}", f"one of: {_listed(view.slices.names)}")


def _known_target(view: View, place: Place, target: PolicyTarget) -> Iterator[Finding]:
    inside = [w for w in view.workloads.valid.values() if w.slice == target.slice]
    here = [w for w in inside if target.workload in {None, w.name}]
    if target.workload and view.workloads.whole and not here and target.slice in view.slices.names:
        what = f"there is no workload {target.workload} in slice {target.slice}"
        yield Finding((*place, "workload"), what, f"one of: {_listed(w.name for w in inside)}")
    elif view.workloads.whole and here:
        open_ports = {port.port for workload in here for port in workload.ports}
        for at, port in enumerate(target.ports):
            if port not in open_ports:
                what = f"port {port} isn't a port of {target.workload or 'any workload of ' + target.slice}"
                yield Finding((*place, "ports", at), what, f"one of: {_listed(map(str, open_ports))}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none is declared"


CHECKS = (unique_slices, workloads, policies, dedicated)
"""Every check of this module."""
