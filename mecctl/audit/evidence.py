"""Evidence as checks read it: one machine, the cluster, and the site that they are. mecctl/nodes/evidence.py and
mecctl/cluster/evidence.py say what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Object = dict[str, Any]


@dataclass(frozen=True)
class File:
    """A file or folder of a machine; `mode` in bits, `owner` as `user:group`."""

    path: str
    kind: str
    mode: int
    owner: str


@dataclass(frozen=True)
class Component:
    """A part of Kubernetes that runs: where its flags were read, and what they are."""

    source: str
    flags: Mapping[str, str]


@dataclass(frozen=True)
class Machine:
    """What one node showed.

    `kubelet` is its kubelet's live configuration, `{error}` where that couldn't be asked, and `version` the kubelet's.
    """

    name: str
    server: bool
    seen: Mapping[str, Any]
    kubelet: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    now: float = 0.0
    """When the evidence was taken (Unix seconds)."""

    @property
    def k3s(self) -> bool:
        """Whether it runs K3s."""
        return bool(self.seen["k3s"])

    @property
    def container(self) -> bool:
        """Whether it is a container, which shares its host's kernel and clock."""
        return bool(self.seen["container"])

    def component(self, name: str) -> Component | None:
        """Return a component that runs here, for example `kube-apiserver`."""
        found = self.seen["components"].get(name)
        return Component(found["source"], found["flags"]) if found else None

    def flag(self, component: str, flag: str) -> str | None:
        """Return a component's flag, None where it isn't set or the component doesn't run."""
        running = self.component(component)
        return running.flags.get(flag) if running else None

    def files(self, *patterns: str, kind: str = "file") -> Iterator[File]:
        """Yield the files whose path is like one of the patterns; `*` doesn't cross a `/`."""
        for path, one in self.seen["files"].items():
            if one["kind"] == kind and any(_like(path, pattern) for pattern in patterns):
                yield File(path, one["kind"], int(one["mode"], 8), one["owner"])

    def document(self, path: str | None) -> Object | None:
        """Return a YAML or JSON file that a flag names; None where it isn't there."""
        text = self.seen["texts"].get(path)
        return _parsed(text) if text else None


@lru_cache(maxsize=64)
def _parsed(text: str) -> Object | None:
    """Return a document, parsed once however many controls ask; None where it isn't a mapping, or no YAML."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:  # what reads it has refused it as well: it says nothing
        return None
    return found if isinstance(found, dict) else None


def _like(path: str, pattern: str) -> bool:
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


@dataclass(frozen=True)
class Cluster:
    """What the cluster showed, with the machines that could be asked."""

    seen: Mapping[str, Any]
    machines: tuple[Machine, ...]

    @cached_property
    def servers(self) -> tuple[Machine, ...]:
        """The machines that carry the control plane."""
        return tuple(one for one in self.machines if one.server)

    def objects(self, kind: str) -> list[Object]:
        """Return all objects of a kind."""
        found: list[Object] = self.seen["objects"].get(kind, [])
        return found

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """The names of all namespaces."""
        return tuple(sorted(one["metadata"]["name"] for one in self.objects("Namespace")))


@dataclass(frozen=True)
class Site:
    """All evidence of a site: a machine or cluster that couldn't be asked has the reason instead."""

    machines: Mapping[str, Machine | str]
    servers: frozenset[str]
    cluster: Cluster | str


def site(
    machines: Mapping[str, Mapping[str, Any] | str],
    servers: frozenset[str],
    cluster: Mapping[str, Any] | str,
    now: float,
) -> Site:
    """Put together what the machines and the cluster showed at `now` (Unix seconds), or why they didn't."""
    known = {} if isinstance(cluster, str) else cluster
    versions = {
        node["metadata"]["name"]: node["status"]["nodeInfo"]["kubeletVersion"]
        for node in known.get("objects", {}).get("Node", ())
    }
    kubelets = known.get("kubelets", {})
    unknown = {"error": cluster} if isinstance(cluster, str) else {}
    seen = {
        name: one
        if isinstance(one, str)
        else Machine(name, name in servers, one, kubelets.get(name, unknown), versions.get(name, ""), now)
        for name, one in machines.items()
    }
    answered = tuple(one for one in seen.values() if isinstance(one, Machine))
    return Site(seen, servers, cluster if isinstance(cluster, str) else Cluster(cluster, answered))
