"""A workload is at one site or the other at any moment, wherever a mover dies, and one more run settles it."""

from typing import Any, cast

import pytest

from mecctl.cluster.moving.move import Move
from mecctl.errors import MecctlError, UnreachableError
from tests.cluster.moving.world import KilledError, Site, World


def world(**how: Any) -> tuple[World, Any, Any]:
    made = World(**how)
    return made, Site(made, "a", "a"), Site(made, "b", "a")


def silent(_: str) -> None:
    """Hear nothing."""


def steps(**how: Any) -> int:
    made, a, b = world(**how)
    Move(a, b, silent).run()
    return made.steps


STEPS, WITH_VOLUMES = steps(), steps(carried=True)
POINTS = [(number, False) for number in range(1, STEPS + 1)] + [(number, True) for number in range(1, WITH_VOLUMES + 1)]


def test_there_and_back():
    made, a, b = world()
    done = Move(a, b, silent).run()
    assert (done.ended, done.epoch, done.freeze, done.carried) == ("moved", 1, 0.01, 3)
    assert made.active() == ["b"]
    assert b.state == ["a"]
    b.state.append("b")

    done = Move(b, a, silent).run()
    assert (done.ended, done.epoch) == ("moved", 2)
    assert made.active() == ["a"]
    assert a.state == ["a", "b"]
    assert list(done.states) == ["prepared", "registered", "switched", "settled"]


def test_a_gate_that_was_not_told_is_told():
    made, a, b = world(deaf=True)
    Move(a, b, silent).run()
    assert made.active() == ["b"]
    assert (b.mode, b.epoch) == ("local", 1)


def test_one_that_is_there_already():
    made, a, b = world()
    Move(a, b, silent).run()
    before = made.steps

    assert Move(a, b, silent).run().ended == "there already"
    assert made.steps == before


def test_one_that_is_elsewhere():
    _, a, b = world()
    with pytest.raises(MecctlError, match="app isn't at b: it is at its home"):
        Move(b, a, silent).run()


def test_the_kill_points_are_many_enough():
    assert 2 * len(POINTS) * 2 >= 30


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("dies", "carried"), POINTS)
@pytest.mark.parametrize("restarted", ["", "a", "b", "ab"])
def test_killed_anywhere_it_is_at_one_site_and_one_more_run_settles_it(dies, carried, after, back, restarted):
    made, a, b = world(carried=carried)
    if back:
        Move(a, b, silent).run()
        a.key.kept = b.key.kept = ""  # and so as many steps as the first move has
    source, target = (b, a) if back else (a, b)
    source.state = ["kept"]
    made.steps, made.dies, made.after = 0, dies, after
    with pytest.raises(KilledError):
        Move(source, target, silent).run()
    made.dies = None
    assert len(made.active()) == 1
    at = made.active()[0]
    made.sites[at].state.append("written meanwhile")
    # With both gates made anew in the midst, nobody is left who knows what was written since: the source's counts.
    forgotten = at == target.site.name and restarted == "ab" and target.ledger.read()[0].mode != "local"
    for name in restarted:
        made.sites[name].restart_gate()
    assert len(made.active()) <= 1

    Move(source, target, silent).run()

    assert made.active() == [target.site.name]
    assert target.state == ["kept", "written meanwhile"][: 1 if forgotten else 2]
    assert (source.ledger.read()[0].mode, target.ledger.read()[0].mode) == ("peer", "local")


def test_what_the_source_refuses_is_undone_and_told():
    made, a, b = world(refuses="export is answered with 500")
    with pytest.raises(MecctlError, match="app stays at a") as caught:
        Move(a, b, silent).run()

    assert "export is answered with 500" in str(caught.value.why)
    assert made.active() == ["a"]
    assert (a.ledger.read()[0].mode, b.ledger.read()[0].mode) == ("local", "closed")


@pytest.mark.parametrize("ran", [False, True])
def test_a_switch_that_is_not_heard_of_is_looked_for(ran):
    made, a, b = world()
    switch = a.tell

    def unheard(what: str, told: str) -> Any:
        if ran or what == "key":
            found = switch(what, told)
        if what == "key":
            return found
        raise UnreachableError("timed out")

    a.tell = unheard
    if ran:
        assert Move(a, b, silent).run().ended == "moved"
    else:
        with pytest.raises(MecctlError, match="app stays at a"):
            Move(a, b, silent).run()
    assert made.active() == ["b" if ran else "a"]


def test_another_move_under_way_is_named():
    made, a, b = world()
    c = Site(made, "c", "a")
    made.dies = 8
    with pytest.raises(KilledError):
        Move(a, b, silent).run()
    made.dies = None

    with pytest.raises(MecctlError, match="a move of app from a to b is under way") as caught:
        Move(a, cast("Any", c), silent).run()
    assert caught.value.fix == "mecctl app move app --from a --to b"


def test_two_movers_at_once_do_not_both_write():
    _, a, _ = world()
    record, version = a.ledger.read()
    a.ledger.write(record, version)

    with pytest.raises(MecctlError, match="another by now"):
        a.ledger.write(record, version)
