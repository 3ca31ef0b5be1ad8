"""The order of a checkpoint is one that Pulumi accepts."""

import random
from dataclasses import replace

from mecctl.engine.state import Resource
from mecctl.engine.state.order import ordered


def one(name: str, *needs: str, parent: str = "") -> Resource:
    return Resource(f"urn:{name}", "t", custom=True, dependencies=tuple(f"urn:{need}" for need in needs), parent=parent)


def test_needs_come_first_whatever_the_order_before():
    every = [one("a"), one("b", "a"), one("c", "b"), one("d", "a", "c", parent="urn:b")]
    for seed in range(20):
        shuffled = random.Random(seed).sample(every, len(every))  # noqa: S311 - no secret
        placed = [resource.urn for resource in ordered(shuffled)]
        assert len(placed) == 4
        for resource in every:
            assert all(placed.index(need) < placed.index(resource.urn) for need in resource.needs())


def test_a_good_order_is_kept():
    every = [one("b"), one("a"), one("c", "b")]
    assert ordered(every) == every


def test_references_to_what_is_gone_are_cut():
    assert ordered([one("a", "gone", parent="urn:gone")]) == [one("a")]


def test_a_replaced_resource_stands_beside_the_new_one():
    old = replace(one("a"), delete=True, id="old")
    assert ordered([one("b", "a"), one("a"), old]) == [one("a"), old, one("b", "a")]


def test_long_chains_do_not_exhaust_the_stack():
    chain = [one("0"), *(one(str(number), str(number - 1)) for number in range(1, 3000))]
    assert ordered(reversed(chain)) == chain
