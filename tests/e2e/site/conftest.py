"""The site that these tests share: the lab's own, from bare nodes on; the last test takes it down."""

import pytest

from tests.support.host import left_behind, snapshot
from tests.support.live import LiveSite


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    live = LiveSite(tmp_path_factory.mktemp("e2e") / "inventories" / "lab")
    before = snapshot()
    try:
        assert live.mecctl("lab", "up", timeout=3000).code == 0
        yield live
    finally:
        live.stop()
    assert left_behind(before, live.names.id) == []


@pytest.fixture(scope="package")
def first(site):
    """What the plan said of bare nodes, and what `up` then did."""
    planned = site.plan()
    return planned, site.up()
