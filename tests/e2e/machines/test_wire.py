"""A site whose two agents run Debian's next release, and encrypt what their pods say by the kernel's own WireGuard."""

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
    made = LiveMachines.beside(tmp_path_factory.mktemp("site") / "inventories" / "lab-13", "amd64")
    made.edit("machines: [edge-2]", "machines: [edge-2, edge-3], release: trixie, userspaceWireguard: true")
    made.edit("cni: cilium,", "cni: cilium, encryption: wireguard,")
    agent = f"    - {{name: edge-3, address: {made.subnet}.13, roles: [agent], arch: amd64}}\n"
    made.edit("  kubernetes:\n", f"{agent}  kubernetes:\n")
    with running(made, "edge-2", "edge-3") as machines:
        yield machines


def test_a_site_with_agents_of_debian_13_comes_up_and_is_proven(site: LiveMachines, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    assert [site.on(node, "cut -d. -f1 /etc/debian_version") for node in ("edge-2", "edge-3")] == ["13", "13"]


def test_nothing_between_two_machines_is_in_the_clear_with_wireguard(site: LiveMachines, first: Ended) -> None:
    seen = between(site, "edge-2", "edge-3")

    assert (seen.clear, seen.wrapped > 20) == (0, True), seen
    kinds = [site.on(node, "ip -d link show cilium_wg0") for node in ("edge-2", "edge-3")]
    assert [" wireguard " in kind for kind in kinds] == [True, True]
