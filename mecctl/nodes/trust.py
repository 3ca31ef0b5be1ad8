"""Hold nodes to other host keys than those on record, on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.errors import InputError, Problem, UnreachableError
from mecctl.nodes import hostkeys
from mecctl.nodes.everywhere import everywhere
from mecctl.nodes.hostkeys import HostKey, HostKeyError
from mecctl.nodes.ssh import offered

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder


@dataclass(frozen=True)
class Sight:
    """The host keys that a node offers, beside those it is held to; `wanted` are those it shall be held to."""

    node: Node
    recorded: tuple[HostKey, ...]
    offered: tuple[HostKey, ...]
    wanted: tuple[HostKey, ...]

    @property
    def settled(self) -> bool:
        """Whether there is nothing to change: all keys on record are among those wanted."""
        return bool(self.recorded) and set(self.recorded) <= set(self.wanted)

    @property
    def after(self) -> tuple[HostKey, ...]:
        """The keys that the node is held to once this sight was accepted."""
        return self.recorded if self.settled else self.wanted


def look(
    folder: SiteFolder, names: Sequence[str] = (), fingerprints: Collection[str] = ()
) -> tuple[list[Sight], list[UnreachableError]]:
    """Ask the named nodes (all, where none is named) for their host keys; second those that don't answer.

    With `fingerprints` only keys of which one is (`SHA256:…`) are wanted. Raises InputError for names that the site
    doesn't have, HostKeyError when a node offers no such key.
    """
    unknown = sorted(set(names) - {node.name for node in folder.site.nodes})
    if unknown:
        known = ", ".join(node.name for node in folder.site.nodes)
        raise InputError([Problem("NODE", None, "", f"the site has no {', '.join(unknown)}", f"its nodes are {known}")])
    nodes = [node for node in folder.site.nodes if node.name in names or not names]
    seen = everywhere(nodes, lambda node: _look_at(folder, node, fingerprints))
    return [one for one in seen if isinstance(one, Sight)], [one for one in seen if isinstance(one, UnreachableError)]


def accept(folder: SiteFolder, sights: Sequence[Sight]) -> None:
    """Hold every node to the keys wanted of it, and to no others."""
    for sight in sights:
        hostkeys.record(folder.resolve(folder.site.spec.access.known_hosts), sight.node, sight.after)


def _look_at(folder: SiteFolder, node: Node, fingerprints: Collection[str]) -> Sight | UnreachableError:
    try:
        keys = offered(node)
    except UnreachableError as error:
        return error
    wanted = tuple(key for key in keys if not fingerprints or key.fingerprint in fingerprints)
    if not wanted:
        raise HostKeyError(
            f"it offers no key of {', '.join(fingerprints)}; nothing was recorded",
            where=f"{node.name} ({node.address}:{node.port})",
            why=f"offered {', '.join(map(str, keys))}",
            fix="compare with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on the machine itself",
        )
    recorded = hostkeys.recorded(folder.resolve(folder.site.spec.access.known_hosts), node)
    return Sight(node, recorded, keys, wanted)
