"""A stack's resources while a run goes on: a tree on a terminal, a line for each that has ended elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mecctl.cli.progress import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from mecctl.engine.run.events import Event

_MARKS = {"seen": "·", "running": "…", "waiting": "…", "same": " ", "done": "✓", "failed": "✗", "skipped": "-"}
_COLOURS = {"running": "yellow", "waiting": "yellow", "done": "green", "failed": "red", "skipped": "dim", "same": "dim"}
_QUIET = ("same", "seen")
_SPARE = 4  # rows of a terminal that are left to other things
_ENDED = ("done", "failed")


@dataclass
class Node:
    """One resource: where it hangs, how it does, since when it is worked on and how long it took (both seconds)."""

    urn: str
    parent: str = ""
    title: str = ""
    state: str = "seen"
    action: str = ""
    note: str = ""
    since: float = 0.0
    took: float | None = None
    children: list[str] = field(default_factory=list)


class Resources(Lines):
    """Hears of resources and tells each that has ended on a line, as `create` or `delete` and what it took.

    In a preview (`planned`) nothing is done, so nothing is told as if it were.
    """

    def __init__(self, *, verbose: bool = False, planned: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._planned = planned
        self.nodes: dict[str, Node] = {}
        self._lock = threading.Lock()

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        """Resources tell of themselves."""

    def end(self, task: str, note: str = "") -> None:
        """Resources tell of themselves."""

    def resource(self, event: Event) -> None:
        """Take note, and print the line of what has ended."""
        with self._lock:
            node = self._take(event)
        if event.state in _ENDED and node.took is not None and not self._planned:
            self._ended(node)

    def _take(self, event: Event) -> Node:
        node = self.nodes.setdefault(event.urn, Node(event.urn))
        if event.type:
            node.title = f"{event.type.rpartition(':')[2]} {event.name}"
        if event.parent and not node.parent:
            node.parent = event.parent
            self.nodes.setdefault(event.parent, Node(event.parent)).children.append(event.urn)
        if event.state == "running":
            node.since, node.took, node.action = time.monotonic(), None, event.note
        if event.state in _ENDED and node.since:
            node.took = time.monotonic() - node.since
        if event.state == "seen" or (event.state == "skipped" and node.state in _ENDED):
            return node
        said = f"to {event.note}" if self._planned and event.note and event.state != "waiting" else event.note
        node.state, node.note = event.state, said or node.note
        return node

    def _ended(self, node: Node) -> None:
        self._say(f"{_MARKS[node.state]} {node.action:<8} {node.title}  {node.took:.1f} s")


class Tree(Resources):
    """Draws components and what is in them, with state and time; what doesn't fit on the screen is counted."""

    def __init__(self, console: Console, *, verbose: bool = False, planned: bool = False) -> None:
        super().__init__(verbose=verbose, planned=planned)
        self._console = console

    def _ended(self, node: Node) -> None:
        """The tree shows it."""

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)

    def __rich__(self) -> RenderableType:
        """Draw the rows that fit: what is worked on first, then what failed, then what is done."""
        from rich.text import Text

        with self._lock:
            rows = [row for urn, node in self.nodes.items() if not node.parent for row in self._rows(urn, 0)]
        room = max(self._console.height - _SPARE, 1)
        for dropped in ((), (*_QUIET, "skipped"), (*_QUIET, "skipped", "done")):
            kept = [row for row in rows if row[2] not in dropped]
            if len(kept) <= room:
                break
        text = Text(no_wrap=True, overflow="ellipsis")
        for depth, line, state in kept[:room]:
            text.append(f"{'  ' * depth}{line}\n", style=_COLOURS.get(state, ""))
        left = len(rows) - len(kept[:room])
        return text.append(f"and {left} more" if left else "", style="dim")

    def _rows(self, urn: str, depth: int) -> Iterator[tuple[int, str, str]]:
        node = self.nodes[urn]
        if node.title:
            yield depth, _row(node), node.state
        for child in node.children:
            yield from self._rows(child, depth + 1)


def _row(node: Node) -> str:
    worked_on = node.state in ("running", "waiting")
    took = node.took if node.took is not None else time.monotonic() - node.since if worked_on else None
    time_ = f"  {took:.1f} s" if took is not None else ""
    note = f"  {node.note}" if node.note and node.state not in _QUIET else ""
    return f"{_MARKS[node.state]} {node.title}{note}{time_}"


@contextmanager
def resources_shown(*, verbose: bool, planned: bool = False) -> Iterator[Resources]:
    """Show resources for the time of a with-block, in the way that stderr allows."""
    if not sys.stderr.isatty():
        yield Resources(verbose=verbose, planned=planned)
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)
    tree = Tree(console, verbose=verbose, planned=planned)
    with Live(tree, console=console, transient=True, refresh_per_second=6):
        yield tree
