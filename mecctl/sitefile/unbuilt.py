"""What a site file may say one day but not yet: known, refused in plain words, never ignored.

One row a field. A row goes when its feature is built; the JSON Schema leaves out what stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mecctl.document import Place


@dataclass(frozen=True)
class Unbuilt:
    """One field, or some of its values, that is refused.

    `path` runs from the file's root, `[]` standing for every item. `values` None means any value but null; a list is
    refused for any one of them. `when(spec, path)` narrows the row; `replaces` is the required
    field that the refused one would stand in for, so that its absence is not told as well.
    """

    path: str
    what: str
    instead: str
    values: tuple[str, ...] | None = None
    when: Callable[[Mapping[str, object], Place], bool] | None = None
    replaces: str | None = None

    def refuses(self, value: object) -> bool:
        """Tell whether this value of the field is refused."""
        if self.values is None:
            return value is not None
        return any(one in self.values for one in (value if isinstance(value, list | tuple) else (value,)))


@dataclass(frozen=True)
class Refusal:
    """One row met in a file, at `path`."""

    place: Place
    row: Unbuilt


def _distribution(spec: Mapping[str, object]) -> object:
    kubernetes = spec.get("kubernetes")
    return kubernetes.get("distribution") if isinstance(kubernetes, dict) else None


def _kubeadm(spec: Mapping[str, object], _path: Place) -> bool:
    return _distribution(spec) == "kubeadm"


def _second_kubeadm_server(spec: Mapping[str, object], path: Place) -> bool:
    nodes, here = spec.get("nodes"), path[-2]
    if _distribution(spec) != "kubeadm" or not isinstance(nodes, list) or not isinstance(here, int):
        return False
    servers = [i for i, node in enumerate(nodes) if isinstance(node, dict) and _is_server(node)]
    return here in servers[1:]


def _is_server(node: Mapping[str, object]) -> bool:
    roles = node.get("roles")
    return isinstance(roles, list) and "server" in roles


_SLICE = "spec.slices[]."
_NOTED = "leave it out; from a NEST it is noted on the slice, not enforced"

UNBUILT: tuple[Unbuilt, ...] = (
    Unbuilt(
        "spec.access.bastion",
        "going through a bastion isn't built yet",
        "leave it out, and run mecctl where every node's SSH port can be reached",
    ),
    Unbuilt(
        "spec.nodes[].arch",
        "kubeadm isn't built on 32-bit ARM, for which Cilium has no images",
        "amd64, arm64, or k3s",
        ("arm",),
        when=_kubeadm,
    ),
    Unbuilt(
        "spec.nodes[].roles",
        "more than one server under kubeadm isn't built yet",
        "one node with the role server, or k3s",
        when=_second_kubeadm_server,
    ),
    Unbuilt(
        "spec.kubernetes.distribution",
        "taking over an existing cluster isn't built yet",
        "write k3s or kubeadm",
        ("existing",),
    ),
    Unbuilt("spec.kubernetes.kubeconfig", "taking over an existing cluster isn't built yet", "leave it out"),
    Unbuilt("spec.platform.monitoring", "monitoring isn't built yet", "leave it out"),
    Unbuilt("spec.slices[].ueThroughput", "rates of a UE are the mobile network's and aren't enforced here", _NOTED),
    Unbuilt("spec.slices[].latency", "latency budgets aren't enforced yet", _NOTED),
    Unbuilt("spec.slices[].maxUEs", "UEs aren't counted here", _NOTED),
    Unbuilt("spec.slices[].maxPDUSessions", "PDU sessions aren't counted here", _NOTED),
    Unbuilt(
        "spec.slices[].missionCritical",
        "mission-critical communication isn't served in a special way yet",
        _NOTED,
    ),
    Unbuilt("spec.slices[].coverage", "areas of coverage are the mobile network's and don't count here", _NOTED),
    Unbuilt(
        "spec.slices[].dataNetworkAccess",
        "a way into a private network isn't built: the site file has no place for its addresses",
        "local or internet",
        ("private-network",),
    ),
)


def refusals(data: object) -> Iterator[Refusal]:
    """Yield every field of the file's `data` that is refused, in the table's order."""
    spec = data.get("spec") if isinstance(data, dict) else None
    if not isinstance(spec, dict):
        return
    for row in UNBUILT:
        *parents, last = row.path.split(".")
        for parent, path in _walk(data, parents, ()):
            at = (*path, last)
            if row.refuses(parent.get(last)) and (row.when is None or row.when(spec, at)):
                yield Refusal(at, row)


def slice_refusals(fields: Mapping[str, object]) -> dict[str, Unbuilt]:
    """Return, by its key, the row of every field of one slice that is refused with the value it has."""
    rows = {row.path.removeprefix(_SLICE): row for row in UNBUILT if row.path.startswith(_SLICE)}
    return {key: rows[key] for key, value in fields.items() if key in rows and rows[key].refuses(value)}


def _walk(data: object, parts: list[str], path: Place) -> Iterator[tuple[Mapping[str, object], Place]]:
    """Yield every mapping that `parts` lead to, with its path."""
    if not isinstance(data, dict):
        return
    if not parts:
        yield data, path
        return
    key = parts[0].removesuffix("[]")
    value = data.get(key)
    if key == parts[0]:
        yield from _walk(value, parts[1:], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, parts[1:], (*path, key, index))
