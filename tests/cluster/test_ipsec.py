"""The key of IPsec is changed so that every node has it before the command ends, and a broken run is gone on with."""

import base64
import re
from contextlib import contextmanager
from typing import Any

import pytest

from mecctl.cluster import ipsec
from mecctl.engine.kube.watch import Event
from mecctl.errors import MecctlError
from mecctl.plan.progress import Silent


class Client:
    """A cluster whose agents take a key as soon as somebody watches, but for the `deaf` ones."""

    def __init__(self, number=3, deaf=()):
        self.keys = f"{number}+ rfc4106(gcm(aes)) {'ab' * 20} 128"
        self.taken = {"edge-1": number, "edge-2": number}
        self.deaf = deaf

    def get(self, *_):
        return {"metadata": {"name": ipsec.NAME}, "data": {"keys": base64.b64encode(self.keys.encode()).decode()}}

    @contextmanager
    def at(self, thing):
        yield thing["metadata"]["name"]

    def request(self, method, path, *, body):
        assert (method, path) == ("PUT", ipsec.NAME)
        self.keys = body["stringData"]["keys"]

    def list(self, *_):
        return [
            {"metadata": {"name": name}, "spec": {"encryption": {"key": number}}} for name, number in self.taken.items()
        ]

    def watch(self, *_, timeout):
        assert timeout == ipsec.TAKEN_WITHIN
        yield from (Event("ADDED", one) for one in self.list())
        yield Event("SYNCED", {})
        number = int(self.keys.partition("+")[0])
        self.taken |= {name: number for name in self.taken if name not in self.deaf}
        yield from (Event("MODIFIED", one) for one in self.list())


@pytest.mark.parametrize(("before", "after"), [(3, 4), (14, 15), (15, 1)])
def test_every_node_has_another_key_with_the_next_number(before, after):
    client: Any = Client(before)
    old = client.keys

    (change,) = ipsec.rotate(client, {"edge-1", "edge-2"}, Silent())

    assert re.fullmatch(rf"{after}\+ rfc4106\(gcm\(aes\)\) [0-9a-f]{{40}} 128", client.keys)
    assert client.keys.split()[2] != old.split()[2]
    assert client.taken == {"edge-1": after, "edge-2": after}
    assert change.reason == f"all nodes encrypt by key {after} now"


def test_a_node_that_does_not_take_it_is_named_and_the_next_run_makes_no_other_key():
    client: Any = Client(deaf={"edge-2"})
    with pytest.raises(MecctlError, match="edge-2 did not take key 4 within 300 s"):
        ipsec.rotate(client, {"edge-1", "edge-2"}, Silent())
    made = client.keys
    client.deaf = set()

    ipsec.rotate(client, {"edge-1", "edge-2"}, Silent())

    assert client.keys == made
    assert client.taken == {"edge-1": 4, "edge-2": 4}
