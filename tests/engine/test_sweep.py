"""kill -9 at every point of create, update, replace, delete, and of the recovery itself: one plain re-run mends it."""

import json
import subprocess
import sys
import uuid
from collections import Counter

import pytest

pytestmark = pytest.mark.e2e

POINTS = 200  # at least so many, all of them really hit
LANES = 2


def test_one_plain_rerun_mends_a_kill_at_any_point(tmp_path, api_server):
    lanes = []
    with api_server.client() as client:
        for number in range(LANES):
            ns = f"sweep-{number}-{uuid.uuid4().hex[:6]}"
            client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})
            words = [tmp_path / ns, api_server.kubeconfig, ns, number, LANES]
            command = [sys.executable, "-m", "tests.support.sweep", *map(str, words)]
            lanes.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        ended = [lane.communicate() for lane in lanes]
    for lane, (_, said) in zip(lanes, ended, strict=True):
        assert lane.returncode == 0, said
    found = [json.loads(line) for out, _ in ended for line in out.splitlines()]
    assert [one for one in found if one["wrong"]] == []
    hit = Counter((one["from"], one["to"], len(one["at"])) for one in found if one["hit"])
    assert hit.total() >= POINTS, hit
    assert set(hit) == {("gone", "1", 1), ("1", "gone", 1), ("1", "2", 1), ("2", "1", 1), ("1", "2", 2), ("2", "1", 2)}
