"""Where a workload is, by what a site has written down."""

import json
from typing import Any, cast

import pytest

from mecctl.cluster.moving.where import where
from mecctl.model import Site
from tests.cluster.moving.world import Site as Place
from tests.cluster.moving.world import World
from tests.stacks.rendering import CACHE, URLLC, VIDEO, site

MOVES = CACHE | {"mobility": {"mode": "without-confirmation", "home": "lab"}}


def said(record: dict[str, Any] | None, home: str = "lab") -> str:
    place = Place(World(), "a", "a")
    place.object = json.dumps({"peer": "", "source": "", "target": "", "was": None, **record}) if record else ""
    work = MOVES | {"mobility": MOVES["mobility"] | {"home": home}}  # type: ignore[operator]
    whole = Site.model_validate(site(slices=[VIDEO, URLLC], workloads=[work], lab={}))
    return where(cast("Any", place), whole, whole.workloads[0])


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (None, "here"),
        ({"mode": "local", "epoch": 2}, "here"),
        ({"mode": "peer", "epoch": 1, "peer": "10.0.0.1:3", "source": "lab", "target": "north"}, "at north"),
        ({"mode": "peer", "epoch": 1, "peer": "10.0.0.1:3"}, "at 10.0.0.1:3"),
        ({"mode": "moving", "epoch": 1, "source": "lab", "target": "north"}, "moves from lab to north"),
    ],
)
def test_where_it_is(record, told):
    assert said(record) == told


def test_one_that_never_left_its_home():
    assert said(None, home="north") == "at north"
