"""What of a file can be read, so that cross-field checks still run while another part of it is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from mecctl.model import (
    Discovery,
    K3s,
    Kubernetes,
    Lab,
    Line,
    Machines,
    Network,
    Node,
    Peer,
    Policy,
    Registries,
    Slice,
    Workload,
)
from mecctl.model.base import Model
from mecctl.model.quantity import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.document import Place
    from mecctl.model import Site

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Finding:
    """A fault across fields: where, what is wrong, what is allowed."""

    place: Place
    what: str
    allowed: str


@dataclass(frozen=True)
class Items(Generic[M]):
    """A list of the site's: as it was read, and its valid items by their place in it."""

    raw: tuple[object, ...]
    valid: Mapping[int, M]

    @property
    def whole(self) -> bool:
        """Whether every item is valid, so that something may be concluded from what isn't there."""
        return len(self.valid) == len(self.raw)

    def texts(self, key: str) -> dict[int, str]:
        """Return the text under `key` of every item that has one, the broken items' too."""
        found = {index: item.get(key) for index, item in enumerate(self.raw) if isinstance(item, dict)}
        return {index: value for index, value in found.items() if isinstance(value, str)}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all items."""
        return frozenset(self.texts("name").values())

    @property
    def named(self) -> bool:
        """Whether every item's name is known, so that a name that isn't among them isn't there."""
        return len(self.texts("name")) == len(self.raw)


@dataclass(frozen=True)
class View:
    """What of a site could be read; of the Kubernetes part each field on its own, None where it is wrong."""

    nodes: Items[Node]
    slices: Items[Slice]
    workloads: Items[Workload]
    policies: Items[Policy]
    distribution: str | None
    version: str | None
    cni: str | None
    network: Network | None
    k3s: K3s | None
    registries: Registries | None
    lab: Lab | None
    uplink: Line | None
    discovery: Discovery | None
    peers: Items[Peer]
    latency: int | None
    machines: Machines | None
    hardening: str | None
    gate: str | None
    name: str | None

    def delay(self, node: Node) -> int | None:
        """Return the one-way delay between users and a node in nanoseconds, None where none can be read."""
        return self.latency if node.latency is None else node.latency


def view(data: object, site: Site | None) -> View:
    """Return what can be read of a file's data; `site` is the data as a site where all of it is valid."""
    spec = _mapping(data, "spec")
    kubernetes, network = _mapping(spec, "kubernetes"), _mapping(_mapping(spec, "kubernetes"), "network")
    sound = kubernetes if site else _sound(kubernetes, Kubernetes)
    return View(
        nodes=_items(spec, "nodes", Node, site.nodes if site else None),
        slices=_items(spec, "slices", Slice, site.slices if site else None),
        workloads=_items(spec, "workloads", Workload, site.workloads if site else None),
        policies=_items(spec, "policies", Policy, site.policies if site else None),
        distribution=sound.get("distribution", None if "distribution" in kubernetes else "k3s"),
        version=sound.get("version"),
        cni=(network if site else _sound(network, Network)).get("cni"),
        network=site.kubernetes.network if site else _one(network, Network),
        k3s=site.kubernetes.k3s if site else _one(kubernetes.get("k3s", {}), K3s),
        registries=site.kubernetes.registries if site else _one(kubernetes.get("registries"), Registries),
        lab=site.spec.lab if site else _one(spec.get("lab"), Lab),
        discovery=site.discovery if site else _one(_mapping(spec, "platform").get("discovery"), Discovery),
        peers=_items(spec, "peers", Peer, site.spec.peers if site else None),
        uplink=site.spec.uplink if site else _one(spec.get("uplink"), Line),
        machines=site.spec.platform.machines if site else _one(_mapping(spec, "platform").get("machines"), Machines),
        gate=_text(_mapping(spec, "platform").get("gate")),
        name=_text(_mapping(data, "metadata").get("name")),
        hardening=sound.get("hardening", None if "hardening" in kubernetes else "cis"),
        latency=site.spec.latency if site else _latency(spec.get("latency")),
    )


def _mapping(parent: object, key: str) -> dict[str, Any]:
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def _sound(raw: dict[str, Any], model: type[Model]) -> dict[str, Any]:
    """Return the keys of `raw` whose values the model has nothing against."""
    try:
        model.model_validate(raw)
    except ValidationError as error:
        broken = {detail["loc"][0] for detail in error.errors(include_url=False) if detail["loc"]}
        return {key: value for key, value in raw.items() if key not in broken}
    return raw


def _items(spec: dict[str, Any], key: str, model: type[M], valid: tuple[M, ...] | None) -> Items[M]:
    raw = spec.get(key)
    items = tuple(raw) if isinstance(raw, list) else ()
    read = enumerate(valid if valid is not None else (_one(item, model) for item in items))
    return Items(items, {index: item for index, item in read if item is not None})


def _one(raw: object, model: type[M]) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) else None


def _latency(raw: object) -> int | None:
    try:
        return None if raw is None else parse_duration(raw)
    except PydanticCustomError:
        return None
