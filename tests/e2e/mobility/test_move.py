"""A workload moves between two real sites while clients call it: killed on the way, cut off, and with its state."""

import http.client
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.mobility.load import Client, counts
from mecctl.lab import ip
from tests.e2e.mobility import volumes
from tests.support.byhand import by_hand
from tests.support.host import left_behind, snapshot
from tests.support.lab import free_subnets
from tests.support.live import MECCTL, ROOT, Ended, LiveSite, copied, kill_when

pytestmark = pytest.mark.e2e

EMBB = "slice-1-0000a1"
KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf"


@dataclass
class Pair:
    """Both sites, side by side in one folder."""

    a: LiveSite
    b: LiveSite

    @property
    def nodes(self) -> tuple[tuple[LiveSite, str], ...]:
        """Each site and its only node."""
        return (self.a, "edge-a"), (self.b, "edge-b")

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
        return _door(self.a, "edge-a", name)


def _door(site: LiveSite, node: str, name: str) -> tuple[str, int]:
    get = f"{KUBECTL} -n {EMBB} get service {name}-outside -o jsonpath='{{.spec.ports[0].nodePort}}'"
    return f"{site.subnet}.11", int(site.on(node, get))


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


def call(host: str, port: int, name: str) -> str:
    """Return what the workload says to one request."""
    link = http.client.HTTPConnection(host, port, timeout=30)
    link.request("POST", f"/{name}")
    said = link.getresponse().read().decode()
    link.close()
    return said


def said(host: str, port: int, verb: str, path: str, headers: dict[str, str]) -> int:
    """Return the status of the answer to one request."""
    link = http.client.HTTPConnection(host, port, timeout=30)
    link.request(verb, path, headers=headers)
    status = link.getresponse().status
    link.close()
    return status


def answer(host: str, port: int, name: str) -> str:
    """Return what the workload says once it can be called.

    The pod network of a site that has lost power is later than its API server, and lets nobody in while it is remade.
    """
    deadline = time.monotonic() + 120
    for attempt in itertools.count():
        try:
            return call(host, port, f"{name}-{attempt}")
        except OSError:
            if time.monotonic() > deadline:
                raise
    raise AssertionError


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


def test_a_client_that_speaks_as_the_other_gate_is_not_heard(pair: Pair) -> None:
    away = _door(pair.b, "edge-b", "counter")

    assert said(*away, "POST", "/.well-known/mecctl-gate", {"x-mecctl-epoch": "99"}) == 403
    assert said(*away, "POST", "/.well-known/mecctl-gate", {"x-mecctl-epoch": "99", "x-mecctl-gate": ""}) == 403
    assert said(*away, "POST", "/forged", {"x-mecctl-epoch": "99", "x-mecctl-gate": "0" * 32}) == 200
    assert counts(*pair.door("counter"))["/forged"] == 1  # at home, where the other gate passes it on to


@pytest.mark.parametrize("moment", ["prepared", "registered", "switched"])
def test_a_mover_that_is_killed_is_made_up_for_by_one_more_run(pair: Pair, moment: str) -> None:
    client = Client(*pair.door("counter"), 100, f"killed-{moment}")
    process = pair.start("counter", pair.a, pair.b)
    kill_when(process, moment)
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
    there = again(pair, "store", pair.a, pair.b)
    plans = [site.plan().code for site in (pair.a, pair.b)]
    up = pair.b.up().code
    modes = [json.loads(site.on(node, _state("store")))["mode"] for site, node in pair.nodes]
    back = again(pair, "store", pair.b, pair.a)

    assert there.json["ended"] in {"moved", "there already"}
    assert back.json["ended"] == "moved"
    assert (plans, up) == ([0, 0], 0)
    assert modes == ["peer", "local"]


@pytest.fixture(scope="module")
def ledger(pair: Pair) -> Iterator[str]:
    """A workload with a database on its volume, at both sites."""
    before = [(site.path / "site.yaml").read_text() for site in (pair.a, pair.b)]
    for site, node in ((pair.a, "edge-a"), (pair.b, "edge-b")):
        told = {"site": site.path.name, "a": pair.a.subnet, "b": pair.b.subnet}
        shutil.copy(volumes.PROGRAM, site.path)
        site.edit("  peers:\n", volumes.WORKLOAD % told + "  peers:\n")
        site.on(node, f"mkdir -p /var/lib/by-hand; {KUBECTL} apply -f - <<'END'\n{by_hand(node, '64Mi')}END\n")
    for site in (pair.a, pair.b):
        ended = site.up()
        assert ended.code == 0, ended.out + ended.err
    yield "ledger"
    for site, node, text in ((pair.a, "edge-a", before[0]), (pair.b, "edge-b", before[1])):
        (site.path / "site.yaml").write_text(text)
        assert site.up().code == 0
        site.on(node, f"{KUBECTL} -n {EMBB} delete pvc data-ledger-0; {KUBECTL} delete pv/by-hand storageclass/by-hand")


def test_a_database_goes_along_on_its_volume_there_and_back(pair: Pair, ledger: str) -> None:
    client = Client(*pair.door(ledger), 50, "volumes")
    there = pair.move(ledger, pair.a, pair.b)
    pods = [site.on(node, f"{KUBECTL} -n {EMBB} get pods -o name") for site, node in pair.nodes]
    back = pair.move(ledger, pair.b, pair.a)

    assert_whole(pair, client, ledger)
    assert [there.code, back.code] == [0, 0], there.err + back.err
    assert [f"pod/{ledger}-0" in listed for listed in pods] == [False, True]
    assert there.json["bytes"] > 4096
    assert [site.plan().code for site in (pair.a, pair.b)] == [0, 0]


@pytest.mark.parametrize("moment", ["prepared", "registered", "switched"])
def test_a_mover_of_volumes_that_is_killed(pair: Pair, ledger: str, moment: str) -> None:
    client = Client(*pair.door(ledger), 50, f"volumes-{moment}")
    kill_when(pair.start(ledger, pair.a, pair.b), moment)
    there = pair.move(ledger, pair.a, pair.b)
    back = pair.move(ledger, pair.b, pair.a)

    assert_whole(pair, client, ledger)
    assert [there.code, back.code] == [0, 0], there.err + back.err


def test_up_ends_a_pod_that_a_killed_mover_left_waiting(pair: Pair, ledger: str) -> None:
    kill_when(pair.start(ledger, pair.a, pair.b), "prepared")
    pod = f"workloads: v1/Pod {EMBB}/{ledger}-0"
    planned = pair.b.plan()
    ended = pair.b.up()
    listed = pair.b.on("edge-b", f"{KUBECTL} -n {EMBB} get pods -o name")

    assert [change["subject"] for change in planned.json["changes"]] == [pod]
    assert (ended.code, [change["subject"] for change in ended.json["changes"]]) == (0, [pod]), ended.err
    assert f"pod/{ledger}-0" not in listed
    assert [site.plan().code for site in (pair.a, pair.b)] == [0, 0]


def test_volumes_that_can_not_be_read_stay_with_what_runs_on_them(pair: Pair, ledger: str) -> None:
    pair.a.on("edge-a", "touch /var/lib/by-hand/secret; chmod 0 /var/lib/by-hand/secret")
    client = Client(*pair.door(ledger), 50, "unreadable")
    ended = pair.move(ledger, pair.a, pair.b)
    pair.a.on("edge-a", "rm /var/lib/by-hand/secret")

    assert_whole(pair, client, ledger)
    assert ended.code == 1
    assert "ledger stays at lab-a" in ended.err
    assert "Permission denied" in ended.err


@pytest.mark.parametrize("dies", ["a", "b"])
@pytest.mark.parametrize("moment", ["prepared", "registered", "switched"])
def test_a_site_that_loses_power_in_the_midst(pair: Pair, dies: str, moment: str) -> None:
    site, node = next(one for one in pair.nodes if one[1].endswith(dies))
    before = Client(*pair.door("store"), 50, f"power-{dies}-{moment}")
    time.sleep(1)
    process = pair.start("store", pair.a, pair.b, "--yes")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(moment):
            break
    site.podman("kill", node)
    _, said = process.communicate(timeout=120)
    site.podman("start", node)
    assert site.mecctl("lab", "up").code == 0
    settled = again(pair, "store", pair.a, pair.b)
    sent = before.stop()
    back = again(pair, "store", pair.b, pair.a)

    assert settled.json["ended"] in {"moved", "there already"}, said
    assert back.json["ended"] == "moved"
    assert sent.doubled == 0
    assert len(sent.answered) > 10
    assert answer(*pair.door("store"), f"after-{dies}-{moment}") == "lab-a 1"


def again(pair: Pair, name: str, source: LiveSite, target: LiveSite) -> Ended:
    """Move once a site that has lost power has come back, which takes it a while."""
    end = time.monotonic() + 240
    while (ended := pair.move(name, source, target, "--yes")).code and time.monotonic() < end:
        time.sleep(2)
    assert ended.code == 0, ended.err
    return ended


def test_what_does_not_move_is_refused(pair: Pair) -> None:
    ended = pair.move("plain", pair.a, pair.b)

    assert ended.code == 3
    assert "plain: may not be moved" in ended.err or "there is no workload plain" in ended.err


def _state(name: str) -> str:
    return f"{KUBECTL} -n {EMBB} get configmap {name}-gate-state -o jsonpath='{{.data.state}}'"


def test_a_folder_that_is_no_peer(pair: Pair, tmp_path: Path) -> None:
    copied(pair.b.path, tmp_path / "lab-c")
    file = tmp_path / "lab-c" / "site.yaml"
    file.write_text(file.read_text().replace("name: lab-b", "name: lab-c"))
    (tmp_path / "lab-a").mkdir()
    (tmp_path / "lab-a" / "counter.py").write_text((pair.a.path / "counter.py").read_text())
    ended = pair.move("counter", pair.a, LiveSite.at(tmp_path / "lab-c", ""))

    assert ended.code == 3
    assert "aren't each other's peers" in ended.err
