"""The order of the steps and what stops what, with nodes and cluster that only say what they are asked."""

from dataclasses import replace

import pytest

from mecctl import sitelock, workflow
from mecctl.cluster.losses import Loss
from mecctl.errors import InputError, LockedError, MecctlError, Problem, UnreachableError
from mecctl.nodes.finding import Finding
from mecctl.nodes.steps import NodesResult
from mecctl.plan.change import Change
from mecctl.plan.check import Check
from mecctl.report.text import plan_to_text
from mecctl.sitefile import load
from mecctl.workflow import Workflow

NODE_CHANGE = Change("edge-1: file /etc/x", "create", "isn't there")
CLUSTER_CHANGE = Change("slices: v1/Namespace slice-1", "create", "isn't there")
HOLDS = Check("answers", "embb", "cache:8080", "answers", "HTTP 200", "", ok=True)
BROKEN = Check("refused", "urllc", "cache:8080", "refused", "HTTP 200", "", ok=False)


class Nodes:
    def __init__(self, *, findings=(), result=None, installed=True, short=None):
        self.short = short
        self.findings, self.result, self.installed = findings, result or NodesResult(), installed
        self.usable = frozenset({"edge-1", "edge-2"}) - {finding.node for finding in findings}

    def preflight(self):
        return self.findings

    def expiring(self):
        return ("edge-1: it expires on 2026-12-24, in 28 days: mecctl site rotate lab certs",)

    def shortage(self):
        return self.short

    def plan(self):
        return self.result

    apply = reset = plan

    def kubeconfig(self):
        return None


class Cluster:
    def __init__(self, changes=(), lost=()):
        self.changes, self.lost = tuple(changes), tuple(lost)

    def losses(self, _timeout=None):
        return self.lost

    def wait_ready(self, names):
        self.waited_for = set(names)

    def plan(self):
        return self.changes

    apply = plan

    def notes(self):
        return ("nothing tells the load",)


class Watcher:
    def __getattr__(self, _):
        return lambda *_arguments, **_named: None


@pytest.fixture
def folder(tmp_path):
    source = load("lab")
    return type(source)(tmp_path, source.site)


def flow(folder, monkeypatch, nodes, cluster=None, checks=(HOLDS,)):
    cluster = cluster or Cluster()
    monkeypatch.setattr(workflow, "Nodes", lambda *_: nodes)
    monkeypatch.setattr(workflow, "Cluster", lambda *_, **__: cluster)
    monkeypatch.setattr(workflow, "prove", lambda *_: tuple(checks))
    return Workflow(folder, Watcher())


def test_what_expires_soon_is_told_and_fails_nothing(folder, monkeypatch):
    result = flow(folder, monkeypatch, Nodes()).plan()

    assert result.ok
    assert result.notes[0] == "edge-1: it expires on 2026-12-24, in 28 days: mecctl site rotate lab certs"
    assert "note: edge-1: it expires on 2026-12-24" in plan_to_text(result)


def test_plan_and_up_list_the_same_changes(folder, monkeypatch):
    made = flow(folder, monkeypatch, Nodes(result=NodesResult((NODE_CHANGE,))), Cluster([CLUSTER_CHANGE]))

    assert made.plan().changes == made.up().changes == (NODE_CHANGE, CLUSTER_CHANGE)


def test_before_the_cluster_is_there_its_part_is_unknown(folder, monkeypatch):
    result = flow(folder, monkeypatch, Nodes(installed=False), Cluster([CLUSTER_CHANGE])).plan()

    assert result.changes == ()
    assert result.unknown[0].startswith("cluster: ")
    assert result.pending


def test_a_dead_agent_is_told_once_and_the_rest_goes_on(folder, monkeypatch):
    dead = UnreachableError("no answer", where="edge-2")
    nodes = Nodes(
        findings=(Finding("edge-2", "reachable", "no answer", error=dead),),
        result=NodesResult((NODE_CHANGE,), {"edge-2": dead}, frozenset({"edge-2"})),
    )
    cluster = Cluster([CLUSTER_CHANGE])
    result = flow(folder, monkeypatch, nodes, cluster).up()

    assert result.changes == (NODE_CHANGE, CLUSTER_CHANGE)
    assert result.errors == (dead,)
    assert result.exit_code == 4
    assert cluster.waited_for == {"edge-1"}


def test_without_a_server_nothing_goes_on(folder, monkeypatch):
    nodes = Nodes(findings=(Finding("edge-1", "disk", "0.1 GiB are free", fix="free space"),))
    result = flow(folder, monkeypatch, nodes).up()

    assert [step.skipped for step in result.steps] == [None, *["preflight failed"] * 4]
    assert result.exit_code == 1


def test_a_site_that_asks_for_more_than_its_machines_have_is_left_alone(folder, monkeypatch):
    short = InputError([Problem("site.yaml", None, "spec.slices[].quota.cpu", "the slices' quotas are 5 in sum")])
    made = flow(folder, monkeypatch, Nodes(short=short, result=NodesResult((NODE_CHANGE,))))

    for result in (made.plan(), made.up()):
        assert (result.errors, result.changes, result.exit_code) == ((short,), (), 3)


def test_a_server_that_fails_on_the_way_stops_the_cluster(folder, monkeypatch):
    nodes = Nodes(result=NodesResult((NODE_CHANGE,), {"edge-1": MecctlError("kubeadm init failed", where="edge-1")}))
    result = flow(folder, monkeypatch, nodes).up()

    assert result.changes == (NODE_CHANGE,)
    assert result.steps[2].skipped == "nodes failed"


def test_what_runs_in_a_slice_that_left_is_not_taken_along_unasked(folder, monkeypatch):
    lost = Loss("slice-3", (("cache", 2),), ("mine",))
    made = flow(folder, monkeypatch, Nodes(), Cluster([CLUSTER_CHANGE], [lost]))

    refused = made.up()
    assert refused.exit_code == 3
    assert refused.changes == ()
    assert [step.skipped for step in refused.steps[3:]] == ["cluster failed"] * 2
    assert "with workload cache (2 pods), pod mine (not made by mecctl); put them back, or let" in str(
        refused.errors[0]
    )
    assert made.plan().changes == replace(made, let_go=True).up().changes == (CLUSTER_CHANGE,)


def test_a_cluster_that_is_not_there_has_nothing_to_lose(folder):
    assert Workflow(folder, Watcher()).losses() == ()


def test_a_broken_promise_fails_the_up(folder, monkeypatch):
    result = flow(folder, monkeypatch, Nodes(), checks=[HOLDS, BROKEN]).up()

    assert result.exit_code == 1
    assert result.checks == (HOLDS, BROKEN)


def test_two_runs_at_once(folder, monkeypatch):
    made = flow(folder, monkeypatch, Nodes())

    with sitelock.hold(folder.state, "mecctl site up"), pytest.raises(LockedError):
        made.up()


def test_down_forgets_the_cluster_and_keeps_the_way_in(folder, monkeypatch):
    folder.state.mkdir()
    (folder.state / "state").mkdir()
    (folder.state / "kubeconfig").write_text("")
    (folder.state / "audit.json").write_text("{}")
    (folder.state / "lab").mkdir()

    assert flow(folder, monkeypatch, Nodes()).down().exit_code == 0
    assert {path.name for path in folder.state.iterdir()} == {"lab", "lock"}


def test_down_that_could_not_reach_every_node_keeps_the_state(folder, monkeypatch):
    (folder.state / "state").mkdir(parents=True)
    dead = UnreachableError("no answer", where="edge-2")
    nodes = Nodes(
        findings=(Finding("edge-2", "reachable", "no answer", error=dead),), result=NodesResult((), {"edge-2": dead})
    )

    assert flow(folder, monkeypatch, nodes).down().exit_code == 4
    assert (folder.state / "state").exists()
