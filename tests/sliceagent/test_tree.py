from sliceagent.rates import NEVER_LESS, NO_LIMIT, Bounds
from sliceagent.tree import Wanted, classes, pod_minor, pod_slot, slice_minor, slice_slot
from tests.sliceagent.told import settings

RATES = {"downlink": {"guaranteed": 5_000, "maximum": 20_000}, "uplink": {"maximum": 9_000_000, "per_pod": 2_000_000}}


def test_a_class_a_direction_a_slice_and_a_pod():
    told = settings(link=10**9, video={**RATES, "turn": 2})

    assert classes(told, {"slice-video": 3}, {8: "slice-video"}) == {
        1: Wanted(0, Bounds(10**9, 10**9)),
        2: Wanted(0, Bounds(10**9, 10**9)),
        slice_minor(3, 0): Wanted(1, Bounds(5_000, 20_000, 2)),
        slice_minor(3, 1): Wanted(2, Bounds(NEVER_LESS, 9_000_000, 2)),
        pod_minor(8, 0): Wanted(slice_minor(3, 0), Bounds(NEVER_LESS, 20_000, 2)),
        pod_minor(8, 1): Wanted(slice_minor(3, 1), Bounds(NEVER_LESS, 2_000_000, 2)),
    }


def test_without_a_link_speed_nothing_is_shared_out():
    found = classes(settings(free={}), {"slice-free": 0}, {})

    assert found[1].bounds == Bounds(NO_LIMIT, NO_LIMIT)
    assert found[slice_minor(0, 0)].bounds == Bounds(NEVER_LESS, NO_LIMIT, 7)


def test_numbers_say_whose_they_are():
    for slot in (0, 1, 7, 2000):
        assert [slice_slot(slice_minor(slot, way)) for way in (0, 1)] == [slot, slot]
        assert [pod_slot(pod_minor(slot, way)) for way in (0, 1)] == [slot, slot]
    assert pod_slot(slice_minor(2000, 1)) is slice_slot(pod_minor(0, 0)) is slice_slot(1) is None
    assert pod_minor(28_000, 1) < 0xFFFF
