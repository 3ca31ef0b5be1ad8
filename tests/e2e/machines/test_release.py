"""A site whose agent runs Debian's next release."""

import pytest

from tests.support.machines import LiveMachines, running

pytestmark = [pytest.mark.e2e, pytest.mark.vm]


def test_a_site_with_an_agent_of_debian_13_comes_up_and_is_proven(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = LiveMachines.beside(tmp_path_factory.mktemp("site") / "inventories" / "lab-13", "amd64")
    made.edit("machines: [edge-2]", "machines: [edge-2], release: trixie")
    with running(made, "edge-2") as site:
        first, second = site.up(), site.plan()
        release = site.on("edge-2", "cat /etc/debian_version")

    assert release.startswith("13")
    assert first.code == 0, first.out + first.err
    assert (second.code, second.json["changes"]) == (0, []), second.out + second.err
