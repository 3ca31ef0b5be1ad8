import threading

import pytest

from mecctl.model import Node
from mecctl.nodes.everywhere import everywhere

NODES = [Node(name=f"edge-{n}", address=f"10.0.0.{n}", roles=("server", "agent")) for n in (1, 2, 3)]


def test_all_are_worked_on_at_once_and_told_in_order():
    together = threading.Barrier(len(NODES), timeout=10)

    def work(node):
        together.wait()
        return node.name

    assert everywhere(NODES, work) == ["edge-1", "edge-2", "edge-3"]


def test_nothing_to_do_is_fine():
    assert everywhere([], lambda node: node) == []


def test_what_one_raises_is_raised():
    def work(node):
        if node.name == "edge-2":
            raise LookupError(node.name)

    with pytest.raises(LookupError, match="edge-2"):
        everywhere(NODES, work)
