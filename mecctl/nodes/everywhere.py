"""The same work for many nodes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mecctl.model import Node

T = TypeVar("T")
AT_ONCE = 32


def everywhere(nodes: Sequence[Node], work: Callable[[Node], T]) -> list[T]:
    """Return what `work` returns for each node, in the nodes' order; raises what the first that raises raised."""
    with ThreadPoolExecutor(max(1, min(AT_ONCE, len(nodes)))) as pool:
        return list(pool.map(work, nodes))
