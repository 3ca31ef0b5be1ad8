import pytest

from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes.events import Events
from mecctl.plan.change import Change
from mecctl.plan.progress import Silent

CHANGE = {"subject": "unit kubelet.service", "action": "restart", "reason": "isn't running"}
MADE = Change("edge-1: unit kubelet.service", "restart", "isn't running")
LATER = {"subject": "kubeadm join", "action": "run", "reason": "isn't done"}


class Heard(Silent):
    def __init__(self):
        self.said = []

    def begin(self, task, total=None, unit=""):
        self.said.append(("begin", task, total, unit))

    def advance(self, task, done, note=""):
        self.said.append(("advance", task, done, note))

    def end(self, task, _note=""):
        self.said.append(("end", task))


@pytest.fixture
def events():
    return Events(["edge-1", "edge-2"], Heard())


def tell(events, kind, host="edge-1", action="node_state", **result):
    return events.handle({"event": kind, "event_data": {"host": host, "task_action": action, "res": result}})


def test_changes_and_executions_are_counted_by_node(events):
    tell(events, "runner_on_ok", changes=[CHANGE], later=[], executions=2)
    tell(events, "runner_on_ok", "edge-2", changes=[], later=[])
    tell(events, "runner_on_ok", action="ansible.builtin.assert")

    played = events.played()

    assert played.changes == (MADE,)
    assert played.executions == {"edge-1": 2, "edge-2": 1}
    assert played.failures == {}


def test_what_waits_counts_in_a_plan_and_not_when_it_never_came(events):
    tell(events, "runner_on_ok", changes=[], later=[LATER])

    assert events.played(check=True).changes == (Change("edge-1: kubeadm join", "run", "isn't done"),)
    assert events.played().changes == ()


def test_what_waited_and_was_made_counts_once(events):
    tell(events, "runner_on_ok", changes=[], later=[LATER])
    tell(events, "runner_on_ok", changes=[LATER], later=[])

    assert len(events.played().changes) == 1


def test_a_failure_keeps_its_cause_and_what_was_made_before(events):
    said = {"msg": "kubeadm init failed", "why": "etcd: disk full", "where": "", "fix": "journalctl -u kubelet"}
    tell(events, "runner_on_failed", changes=[CHANGE], **said)

    played = events.played()
    error = played.failures["edge-1"]

    assert (error.what, error.why, error.where, error.fix) == (
        "kubeadm init failed", "etcd: disk full", "edge-1", "journalctl -u kubelet",
    )  # fmt: skip
    assert played.changes == (MADE,)


def test_a_crashed_module_says_its_last_word(events):
    tell(events, "runner_on_failed", msg="MODULE FAILURE", module_stderr="Traceback\nMemoryError: out of it\n")

    assert events.played().failures["edge-1"].why == "MemoryError: out of it"


def test_an_absent_node_is_unreachable_and_the_others_count(events):
    tell(events, "runner_on_unreachable", "edge-2", msg="Failed to connect\nConnection timed out")
    tell(events, "runner_on_ok", changes=[CHANGE], later=[])

    played = events.played()

    assert isinstance(played.failures["edge-2"], UnreachableError)
    assert played.failures["edge-2"].why == "Connection timed out"
    assert played.changes == (MADE,)


def test_what_cannot_be_known_is_told(events):
    tell(events, "runner_on_ok", changes=[CHANGE], later=[], unknown="the API server isn't ready")

    assert events.played(check=True).unknown == ("edge-1: the API server isn't ready",)


def test_a_playbook_that_did_not_run_is_an_error(events):
    with pytest.raises(MecctlError, match="could not be run") as caught:
        events.played("ERROR! no such role")

    assert caught.value.why == "ERROR! no such role"


def test_progress_follows_tasks_and_ignores_bookkeeping():
    heard = Heard()
    events = Events(["edge-1", "edge-2"], heard)
    events.handle({"event": "playbook_on_task_start", "event_data": {"task": "Converge all", "task_action": "x"}})
    events.handle({"event": "playbook_on_task_start", "event_data": {"task": "Skip", "task_action": "meta"}})
    tell(events, "runner_on_ok", changes=[], later=[])
    events.finish()

    assert heard.said == [
        ("begin", "nodes: converge all", 2.0, "nodes"),
        ("advance", "nodes: converge all", 1, "edge-1"),
        ("end", "nodes: converge all"),
    ]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("runner_on_ok", False), ("runner_on_failed", True), ("playbook_on_stats", True), ("verbose", False)],
)
def test_only_what_tells_something_is_kept_on_disk(events, kind, kept):
    assert tell(events, kind, msg="") is kept


def test_a_packet_filter_on_trial_is_heard_of_at_once():
    heard = []
    events = Events(["edge-1"], Silent(), lambda *said: heard.append(said))

    tell(events, "runner_on_ok", changes=[], later=[], trial=0)
    tell(events, "runner_on_ok", changes=[], later=[], trial=60)

    assert heard == [("edge-1", 60.0)]
