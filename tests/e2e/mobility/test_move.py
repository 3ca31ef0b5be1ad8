"""A workload moves between two real sites while clients call it: killed on the way, cut off, and with its state."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.mobility.load import Client, counts
from mecctl.lab import ip
from tests.support.host import left_behind, snapshot
from tests.support.lab import free_subnets
from tests.support.live import MECCTL, ROOT, Ended, LiveSite, copied

pytestmark = pytest.mark.e2e

EMBB = "slice-1-0000a1"


@dataclass
class Pair:
    """Both sites, side by side in one folder."""

    a: LiveSite
    b: LiveSite

    def start(self, name: str, source: LiveSite, target: LiveSite, *words: str) -> subprocess.Popen[str]:
        """Start `mecctl app move`."""
        command = [str(MECCTL), "app", "move", name, "--from", str(source.path), "--to", str(target.path), *words]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload, no-any-return]

    def move(self, name: str, source: LiveSite, target: LiveSite, *words: str) -> Ended:
        process = self.start(name, source, target, "-o", "json", *words)
        out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out, err)

    def door(self, name: str) -> tuple[str, int]:
        """Where clients of the first site reach a workload, wherever it is."""
        said = self.a.on(
            "edge-a",
            f"kubectl --kubeconfig /etc/kubernetes/admin.conf -n {EMBB} get service {name}-outside "
            "-o jsonpath='{.spec.ports[0].nodePort}'",
        )
        return f"{self.a.subnet}.11", int(said)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    around = tmp_path_factory.mktemp("pair") / "inventories"
    subnets = dict(zip("ab", free_subnets(), strict=False))
    before, sites = snapshot(), []
    for letter, subnet in subnets.items():
        folder = around / f"lab-{letter}"
        copied(ROOT / "inventories" / f"lab-{letter}", folder)
        text = (folder / "site.yaml").read_text()
        for old, new in (("10.73.0.", subnets["a"]), ("10.74.0.", subnets["b"])):
            text = text.replace(old, f"{new}.")
        (folder / "site.yaml").write_text(text)
        sites.append(LiveSite.at(folder, subnet))
    try:
        for site in sites:
            assert site.mecctl("lab", "up", timeout=3000).code == 0
        for site in sites:
            ended = site.up()
            assert ended.code == 0, ended.out + ended.err
        yield Pair(*sites)
    finally:
        for site in sites:
            site.stop()
    assert [left_behind(before, site.names.id) for site in sites] == [[], []]


def assert_whole(pair: Pair, client: Client, name: str) -> None:
    """Every request was answered, and counted once."""
    sent = client.stop()
    counted = counts(*pair.door(name))
    assert sent.failed == []
    assert len(sent.answered) > 100
    assert {path: counted.get(path) for path in sent.answered if counted.get(path) != 1} == {}


def test_no_request_is_lost_on_the_way_there_and_back(pair: Pair) -> None:
    client = Client(*pair.door("counter"), 100, "whole")
    there = pair.move("counter", pair.a, pair.b)
    again = pair.move("counter", pair.a, pair.b)
    back = pair.move("counter", pair.b, pair.a)

    assert_whole(pair, client, "counter")
    assert [ended.code for ended in (there, again, back)] == [0, 0, 0], there.err + again.err + back.err
    assert [ended.json["ended"] for ended in (there, again, back)] == ["moved", "there already", "moved"]
    assert there.json["freezeSeconds"] < 8


@pytest.mark.parametrize("moment", ["prepared", "registered", "switched"])
def test_a_mover_that_is_killed_is_made_up_for_by_one_more_run(pair: Pair, moment: str) -> None:
    client = Client(*pair.door("counter"), 100, f"killed-{moment}")
    process = pair.start("counter", pair.a, pair.b)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(moment):
            break
    process.kill()
    process.communicate()
    ended = pair.move("counter", pair.a, pair.b)
    back = pair.move("counter", pair.b, pair.a)

    assert_whole(pair, client, "counter")
    assert ended.code == 0, ended.err
    assert ended.json["ended"] == "moved"
    assert back.code == 0, back.err


def test_sites_that_do_not_reach_each_other_leave_it_where_it_is(pair: Pair) -> None:
    (cable,) = [name for name in ip.links(pair.a.names.lab) if name.startswith("j")]
    client = Client(*pair.door("counter"), 100, "cut")
    ip.batch([f"link set {cable} down"], pair.a.names.lab)
    try:
        ended = pair.move("counter", pair.a, pair.b)
    finally:
        assert pair.a.mecctl("lab", "up").code == 0
    then = pair.move("counter", pair.a, pair.b)
    back = pair.move("counter", pair.b, pair.a)

    assert_whole(pair, client, "counter")
    assert ended.code == 1
    assert "counter stays at lab-a" in ended.err
    assert [then.code, back.code] == [0, 0], then.err + back.err


def test_state_goes_along_once_somebody_confirmed(pair: Pair) -> None:
    client = Client(*pair.door("store"), 100, "state")
    time.sleep(1)
    asked = pair.move("store", pair.a, pair.b)
    moved = pair.move("store", pair.a, pair.b, "--yes")

    assert_whole(pair, client, "store")
    assert asked.code == 3
    assert "there is no terminal to ask at" in asked.err
    assert moved.code == 0, moved.err
    assert moved.json["bytes"] > 10_000_000


def test_up_leaves_it_where_it_was_moved(pair: Pair) -> None:
    for site in (pair.a, pair.b):
        assert site.plan().code == 0
    where = json.loads(pair.b.on("edge-b", _state("store")))

    assert (where["mode"], where["epoch"]) == ("local", 1)


def test_what_does_not_move_is_refused(pair: Pair) -> None:
    ended = pair.move("plain", pair.a, pair.b)

    assert ended.code == 3
    assert "plain: may not be moved" in ended.err or "there is no workload plain" in ended.err


def _state(name: str) -> str:
    kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf"
    return f"{kubectl} -n {EMBB} get configmap {name}-gate-state -o jsonpath='{{.data.state}}'"


def test_a_folder_that_is_no_peer(pair: Pair, tmp_path: Path) -> None:
    copied(pair.b.path, tmp_path / "lab-c")
    file = tmp_path / "lab-c" / "site.yaml"
    file.write_text(file.read_text().replace("name: lab-b", "name: lab-c"))
    (tmp_path / "lab-a").mkdir()
    (tmp_path / "lab-a" / "counter.py").write_text((pair.a.path / "counter.py").read_text())
    ended = pair.move("counter", pair.a, LiveSite.at(tmp_path / "lab-c", ""))

    assert ended.code == 3
    assert "aren't each other's peers" in ended.err
