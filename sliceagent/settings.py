"""What the agent is told: slices and their rates, and the speed of the node's link."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rate:
    """One direction of a slice on a node, in bits per second; None is no bound."""

    guaranteed: int | None = None
    maximum: int | None = None
    per_pod: int | None = None


@dataclass(frozen=True)
class Slice:
    """A slice on this node: `turn` 0 is served first to 7; `shaped` says whether its packets go through the queues."""

    namespace: str
    name: str
    downlink: Rate
    uplink: Rate
    dscp: int | None
    turn: int
    shaped: bool


@dataclass(frozen=True)
class Settings:
    """All slices that the agent looks after, by namespace, and the declared speed of this node's link in bit/s."""

    slices: dict[str, Slice]
    link: int | None


def read(text: str, node: str) -> Settings:
    """Read the JSON that stacks/components/sliceagent.py writes; raises ValueError or KeyError where it isn't that."""
    given: dict[str, Any] = json.loads(text)
    slices = {namespace: _slice(namespace, one) for namespace, one in given["slices"].items()}
    return Settings(slices, given["links"].get(node))


def _slice(namespace: str, given: dict[str, Any]) -> Slice:
    downlink, uplink = (Rate(**given.get(way, {})) for way in ("downlink", "uplink"))
    return Slice(namespace, given["name"], downlink, uplink, given["dscp"], given["turn"], given["shaped"])
