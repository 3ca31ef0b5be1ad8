"""Fixtures of the tests that need real container nodes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.lab import LiveLab, free_subnet, live_lab, write_site


@pytest.fixture
def new_lab(tmp_path: Path) -> Iterator[Callable[..., LiveLab]]:
    """Make labs of two nodes (not up yet) in folders and on subnets of their own; removed when the test ends.

    Another lab's subnet is free until that lab is up, so bring one up before asking for the next, or pass `subnet`.
    """
    with ExitStack() as labs:

        def make(folder: str = "site", **how: object) -> LiveLab:
            site = write_site(tmp_path / folder, str(how.pop("subnet", None) or free_subnet()), **how)  # type: ignore[arg-type]
            return labs.enter_context(live_lab(site))

        yield make


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab of two nodes that is up, for tests that leave it as they found it."""
    with live_lab(write_site(tmp_path_factory.mktemp("lab"), free_subnet())) as live:
        live.up()
        yield live
