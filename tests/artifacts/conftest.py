from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.artifacts.server import Site, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


class Heard:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.totals: dict[str, float | None] = {}
        self.done: dict[str, float] = {}
        self.said: list[str] = []

    def begin(self, task: str, total: float | None = None, _unit: str = "") -> None:
        self.begun.append(task)
        self.totals[task] = total

    def advance(self, task: str, done: float, _note: str = "") -> None:
        self.done[task] = done

    def end(self, task: str, _note: str = "") -> None:
        self.ended.append(task)

    def log(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def heard() -> Heard:
    return Heard()
