"""Sites on virtual machines, and a report of what was shown on which kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.machines import NOTED, LiveMachines, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live import Ended

_TESTS: dict[str, str] = {}


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    """The lab of a site of one machine, which is up; nothing is installed on it."""
    folder = tmp_path_factory.mktemp("vm") / "inventories" / "lab-vm"
    with running(LiveMachines.alone(folder), "edge-1") as site:
        yield site


@pytest.fixture(scope="module")
def first(site: LiveMachines) -> Ended:
    """What the first `site up` said."""
    return site.up()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and "e2e/machines" in report.nodeid:
        _TESTS[report.nodeid.rpartition("::")[2]] = report.outcome


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List every machine with its kernel and architecture, and what was shown on them."""
    if NOTED:
        terminalreporter.section("machines")
        for node, (kernel, arch) in NOTED.items():
            terminalreporter.line(f"{node}: Linux {kernel}, {arch}")
        for name, outcome in _TESTS.items():
            terminalreporter.line(f"{outcome}: {name.removeprefix('test_').replace('_', ' ')}")
