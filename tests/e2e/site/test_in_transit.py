"""What passes between two nodes with WireGuard, which containers do in user space, their kernel being the host's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.live import LiveSite
from tests.support.wire import between

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    site = LiveSite(tmp_path_factory.mktemp("wire") / "lab")
    site.edit("roles: [server]", "roles: [server, agent]")
    site.edit('sd: "0000a1"}\n', 'sd: "0000a1"}\n      maxPacketSize: 1420B\n')
    site.edit("cni: cilium,", "cni: cilium, encryption: wireguard,")
    site.edit("lab: {driver: podman}", "lab: {driver: podman, userspaceWireguard: true}")
    try:
        ended = site.mecctl("lab", "up")
        assert ended.code == 0, ended.err
        yield site
    finally:
        site.stop()


def test_nothing_is_in_the_clear_with_wireguard(encrypted: LiveSite) -> None:
    ended = encrypted.up()
    assert ended.code == 0, ended.out + ended.err

    seen = between(encrypted, "edge-1", "edge-2")

    assert (seen.clear, seen.wrapped > 20) == (0, True), seen
    assert encrypted.plan().code == 0
