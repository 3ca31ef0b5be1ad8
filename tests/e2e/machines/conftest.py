"""Sites on virtual machines, and a report of what was shown on which kernel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.host import left_behind, snapshot
from tests.support.machines import LiveMachines

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN: dict[str, list[str]] = {}
_TESTS: dict[str, str] = {}


def _site(tmp_path_factory: pytest.TempPathFactory, *nodes: str) -> Iterator[LiveMachines]:
    live, before = LiveMachines.of(tmp_path_factory.mktemp("vm") / "inventories" / "lab-vm", nodes), snapshot()
    try:
        ended = live.mecctl("lab", "up", timeout=1800)
        assert ended.code == 0, ended.err
        for node in nodes:
            kernel, arch = live.on(node, "uname -r -m").split()
            _SHOWN[f"{node} of {live.path.parent.parent.name}"] = [kernel, arch]
            assert kernel != os.uname().release
        yield live
    finally:
        live.stop()
    assert left_behind(before, live.names.id) == []


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    """The lab of a site of one machine, which is up; nothing is installed on it."""
    yield from _site(tmp_path_factory, "edge-1")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and "e2e/machines" in report.nodeid:
        _TESTS[report.nodeid.rpartition("::")[2]] = report.outcome


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List every machine with its kernel and architecture, and what was shown on them."""
    if _SHOWN:
        terminalreporter.section("machines")
        for node, (kernel, arch) in _SHOWN.items():
            terminalreporter.line(f"{node}: Linux {kernel}, {arch}")
        for name, outcome in _TESTS.items():
            terminalreporter.line(f"{outcome}: {name.removeprefix('test_').replace('_', ' ')}")
