"""A site whose only node, its server, is a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.machines import LiveMachines, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live import Ended

pytestmark = [pytest.mark.e2e, pytest.mark.vm]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    folder = tmp_path_factory.mktemp("site") / "inventories" / "lab-server"
    with running(LiveMachines.alone(folder), "edge-1") as machine:
        yield machine


def test_a_server_that_is_a_machine_comes_up_and_its_site_is_proven(site: LiveMachines, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    assert "proof" in {step["name"] for step in first.json["steps"]}
    assert site.on("edge-1", "systemd-detect-virt") in {"qemu", "kvm"}


def test_after_its_own_reboot_the_site_is_back_and_nothing_is_left_to_do(site: LiveMachines, first: Ended) -> None:
    site.reboot("edge-1")
    status = site.until_ready()
    ended = site.plan()

    assert [node["ready"] for node in status["nodes"]] == [True]
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err
