"""A site of machines alone, server and agent on Debian's next release, whose kernels encrypt what pods say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.machines import LiveMachines, running
from tests.support.wire import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live import Ended

pytestmark = [pytest.mark.e2e, pytest.mark.vm]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    made = LiveMachines.pair(tmp_path_factory.mktemp("site") / "inventories" / "lab-13")
    made.edit("driver: vagrant,", "driver: vagrant, release: trixie,")
    with running(made, "edge-1", "edge-2") as machines:
        yield machines


def test_a_site_of_machines_comes_up_and_is_proven(site: LiveMachines, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    assert "proof" in {step["name"] for step in first.json["steps"]}
    assert [site.on(node, "cut -d. -f1 /etc/debian_version") for node in ("edge-1", "edge-2")] == ["13", "13"]


def test_nothing_between_two_machines_is_in_the_clear_with_wireguard(site: LiveMachines, first: Ended) -> None:
    seen = between(site, "edge-1", "edge-2")

    assert (seen.clear, seen.wrapped > 20) == (0, True), seen
    kinds = [site.on(node, "ip -d link show cilium_wg0") for node in ("edge-1", "edge-2")]
    assert [" wireguard " in kind for kind in kinds] == [True, True]


def test_a_server_that_boots_again_has_its_site_back_and_nothing_to_do(site: LiveMachines, first: Ended) -> None:
    site.reboot("edge-1")
    status = site.until_ready()
    ended = site.plan()

    assert [node["ready"] for node in status["nodes"]] == [True, True]
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err
