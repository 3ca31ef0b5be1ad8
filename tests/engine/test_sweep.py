"""kill -9 at every point of create, update, replace, delete, and of the recovery itself: one plain re-run mends it."""

import json
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.apiserver import ApiServer
from tests.support.objectstore import endpoint, place

pytestmark = pytest.mark.e2e
__all__ = ["endpoint", "place"]

POINTS = 200  # at least so many, all of them really hit
LANES = 2
POINTS_IN_A_STORE = 25
EVERY = 10  # in an object store every tenth point is enough: the steps are the same
KINDS = {("gone", "1", 1), ("1", "gone", 1), ("1", "2", 1), ("2", "1", 1), ("1", "2", 2), ("2", "1", 2)}


def start(folder: Path, api: ApiServer, number: int, of: int, *place: str) -> subprocess.Popen[str]:
    ns = f"sweep-{uuid.uuid4().hex[:8]}"
    with api.client() as client:
        client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})
    words = [folder / ns, api.kubeconfig, ns, number, of, *place]
    command = [sys.executable, "-m", "tests.support.sweep", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def hits(*lanes: subprocess.Popen[str]) -> Counter[Any]:
    """Return how many points of each kind were hit, once it is sure that nothing went wrong after any."""
    ended = [lane.communicate() for lane in lanes]
    for lane, (_, said) in zip(lanes, ended, strict=True):
        assert lane.returncode == 0, said
    found = [json.loads(line) for out, _ in ended for line in out.splitlines()]
    assert [one for one in found if one["wrong"]] == []
    return Counter((one["from"], one["to"], len(one["at"])) for one in found if one["hit"])


def test_one_plain_rerun_mends_a_kill_at_any_point(tmp_path, api_server):
    hit = hits(*(start(tmp_path, api_server, number, LANES) for number in range(LANES)))
    assert hit.total() >= POINTS, hit
    assert set(hit) == KINDS


def test_one_plain_rerun_mends_a_kill_where_the_state_is_in_an_object_store(tmp_path, api_server, place):
    hit = hits(start(tmp_path, api_server, 3, EVERY, place))
    assert hit.total() >= POINTS_IN_A_STORE, hit
    assert set(hit) == KINDS
