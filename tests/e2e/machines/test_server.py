"""A site whose server is a machine, by itself and then with an agent, between which IPsec encrypts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.machines import LiveMachines, running
from tests.support.wire import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live import Ended

pytestmark = [pytest.mark.e2e, pytest.mark.vm, pytest.mark.servers]

AGENT = "    - {{name: edge-2, address: {}.12, roles: [agent]}}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    made = LiveMachines.alone(tmp_path_factory.mktemp("site") / "inventories" / "lab-server")
    made.edit("encryption: wireguard", "encryption: ipsec")
    with running(made, "edge-1") as machine:
        yield machine


def test_a_server_that_is_a_machine_comes_up_and_its_site_is_proven(site: LiveMachines, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    assert "proof" in {step["name"] for step in first.json["steps"]}
    assert site.on("edge-1", "systemd-detect-virt") in {"qemu", "kvm"}


def test_after_its_own_reboot_the_site_is_back_and_nothing_is_left_to_do(site: LiveMachines, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    site.reboot("edge-1")
    status = site.until_ready()
    ended = site.plan()

    assert [node["ready"] for node in status["nodes"]] == [True]
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err


def test_nothing_is_in_the_clear_to_an_agent_that_joins_later(site: LiveMachines, first: Ended) -> None:
    """Both at once would leave the control plane too little of two cores."""
    assert first.code == 0, first.out + first.err
    site.edit("  kubernetes:\n", AGENT.format(site.subnet) + "  kubernetes:\n")
    assert site.mecctl("lab", "up", timeout=900).code == 0
    site.noted("edge-2")
    ended = site.up()
    assert ended.code == 0, ended.out + ended.err

    seen = between(site, "edge-1", "edge-2")

    assert (seen.clear, seen.esp > 20) == (0, True), seen


def test_all_encrypt_by_another_key_once_it_was_rotated(site: LiveMachines, first: Ended) -> None:
    ended = site.mecctl("site", "rotate", "ipsec-key", "--yes", timeout=600)
    assert ended.code == 0, ended.err
    assert "all nodes encrypt by key 4 now" in ended.out

    seen = between(site, "edge-1", "edge-2")

    assert (seen.clear, seen.esp > 20) == (0, True), seen
