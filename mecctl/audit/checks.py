"""Checks that many controls share: flags of components, files, the kubelet's configuration, what K3s does otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.audit.control import Finding, excluded, failed, held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mecctl.audit.evidence import File, Machine

MISSING = "not set"

# TLS suites with forward secrecy and authenticated encryption, which both benchmarks and the NSA guide take for strong.
STRONG = frozenset(
    {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
    | {f"TLS_ECDHE_{key}_WITH_AES_128_GCM_SHA256" for key in ("RSA", "ECDSA")}
    | {f"TLS_ECDHE_{key}_WITH_AES_256_GCM_SHA384" for key in ("RSA", "ECDSA")}
    | {f"TLS_ECDHE_{key}_WITH_CHACHA20_POLY1305{end}" for key in ("RSA", "ECDSA") for end in ("", "_SHA256")}
)


def flag(
    component: str, name: str, holds: Callable[[str | None], bool], wanted: str, default: str | None = None
) -> Callable[[Machine], Finding]:
    """Return a check of one flag; `default` is what the component takes where it isn't set."""

    def check(machine: Machine) -> Finding:
        running = machine.component(component)
        if running is None:
            return failed(f"processes and logs of {machine.name}", f"no {component} was found", "its flags are unknown")
        value = running.flags.get(name)
        told = f"--{name} is {MISSING if value is None else value}"
        if value is None and default is not None:
            told += f", the default is {default}"
        return held(holds(default if value is None else value), running.source, told, wanted)

    return check


def every(*checks: Callable[[Machine], Finding]) -> Callable[[Machine], Finding]:
    """Return a check that holds if all do, and else is the first that doesn't."""

    def check(machine: Machine) -> Finding:
        found = [one(machine) for one in checks]
        bad = next((one for one in found if one.result != "pass"), None)
        if bad:
            return bad
        return held(True, found[0].source, "; ".join(one.found for one in found))

    return check


def equals(wanted: str) -> Callable[[str | None], bool]:
    """Hold for this one value."""
    return lambda value: value == wanted


def is_set(value: str | None) -> bool:
    """Hold for any value."""
    return bool(value)


def unset_or(wanted: str) -> Callable[[str | None], bool]:
    """Hold where nothing else is set."""
    return lambda value: value in {None, wanted}


def has(item: str) -> Callable[[str | None], bool]:
    """Hold for a list that has an item."""
    return lambda value: item in (value or "").split(",")


def lacks(item: str) -> Callable[[str | None], bool]:
    """Hold for a list without an item."""
    return lambda value: item not in (value or "").split(",")


def at_least(least: int) -> Callable[[str | None], bool]:
    """Hold for a number."""
    return lambda value: value is not None and value.isdigit() and int(value) >= least


def strong(value: str | None) -> bool:
    """Hold for a list of nothing but strong TLS suites."""
    return bool(value) and set((value or "").split(",")) <= STRONG


def files(
    holds: Callable[[File], bool], wanted: str, *patterns: str, k3s: Iterable[str] = (), kind: str = "file"
) -> Callable[[Machine], Finding]:
    """Return a check of every file like `patterns` (on K3s like those of `k3s`); none there is a failure."""

    def check(machine: Machine) -> Finding:
        looked = tuple(k3s) if machine.k3s else patterns
        found = sorted(machine.files(*looked, kind=kind), key=lambda one: one.path)
        source = f"stat {' '.join(looked)}"
        if not found:
            return failed(source, "nothing is there", "what is to be looked at was not found")
        bad = [one for one in found if not holds(one)]
        told = "; ".join(f"{one.path} {one.mode:o} {one.owner}" for one in bad or found[:8])
        more = f"; and {len(found) - 8} more" if not bad and len(found) > 8 else ""
        return held(not bad, source, told + more, wanted)

    return check


def mode(most: int, *patterns: str, k3s: Iterable[str] = (), kind: str = "file") -> Callable[[Machine], Finding]:
    """Return a check that files have no right beyond `most` (bits)."""
    return files(lambda one: not one.mode & ~most, f"{most:o} or less", *patterns, k3s=k3s, kind=kind)


def owned(owner: str, *patterns: str, k3s: Iterable[str] = (), kind: str = "file") -> Callable[[Machine], Finding]:
    """Return a check that files belong to `owner`, `user:group`."""
    return files(lambda one: one.owner == owner, owner, *patterns, k3s=k3s, kind=kind)


def kubelet(path: str, holds: Callable[[Any], bool], wanted: str) -> Callable[[Machine], Finding]:
    """Return a check of one setting of the kubelet as it runs; `path` as in `authentication.anonymous.enabled`."""

    def check(machine: Machine) -> Finding:
        source = f"GET /api/v1/nodes/{machine.name}/proxy/configz"
        if "error" in machine.kubelet or not machine.kubelet:
            said = machine.kubelet.get("error", "the cluster has no such node")
            return failed(source, f"the kubelet's configuration can't be had: {said}", wanted)
        value: Any = machine.kubelet
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        told = MISSING if value is None else str(value)
        return held(holds(value), source, f"{path} is {told}", wanted)

    return check


def unless_k3s(reason: str, check: Callable[[Machine], Finding]) -> Callable[[Machine], Finding]:
    """Return a check that doesn't apply to K3s, and why."""

    def ask(machine: Machine) -> Finding:
        return excluded(f"{machine.name}: processes", "k3s runs", reason) if machine.k3s else check(machine)

    return ask
