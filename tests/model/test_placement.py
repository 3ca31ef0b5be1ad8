"""Which nodes a slice's pods may run on."""

from mecctl.model import Node, Slice, Snssai, owner, places

SERVER = Node(name="edge-1", address="10.77.0.11", roles=("server",), pool="own")
SHARED = Node(name="edge-2", address="10.77.0.12", roles=("agent",))
OWN = Node(name="edge-3", address="10.77.0.13", roles=("agent",), pool="own")
NODES = (SERVER, SHARED, OWN)


def part(sst: int, **more: object) -> Slice:
    return Slice.model_validate({"name": f"s-{sst}", "snssai": Snssai(sst=sst), **more})


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes]


def test_nodes_that_slices_share():
    anywhere, pooled = part(1), part(2, pool="own")
    assert names(places(anywhere, NODES, (anywhere, pooled))) == ["edge-2", "edge-3"]
    assert names(places(pooled, NODES, (anywhere, pooled))) == ["edge-3"]


def test_nodes_that_one_slice_has_to_itself():
    other, alone = part(1), part(2, pool="own", isolation="physical")
    slices = (other, alone)
    assert [owner(node, slices) for node in NODES] == [None, None, alone]
    assert names(places(other, NODES, slices)) == ["edge-2"]
    assert names(places(alone, NODES, slices)) == ["edge-3"]
