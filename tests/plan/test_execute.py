import pytest

from mecctl.errors import LockedError, MecctlError, UnreachableError
from mecctl.plan.change import Change
from mecctl.plan.check import Check
from mecctl.plan.execute import execute
from mecctl.plan.result import RunResult, StepResult
from mecctl.plan.step import Outcome, Step, nothing

CHANGE = Change("edge-1: file /etc/x", "create", "absent")
UNREACHABLE = UnreachableError("no answer")


class Recorder:
    def __init__(self):
        self.heard = []

    def step_started(self, name):
        self.heard.append(f"start {name}")

    def step_finished(self, result):
        self.heard.append(f"end {result.name}")


def run(*steps, mode="apply"):
    return execute("lab", steps, mode, Recorder())


def does(outcome):
    return lambda: outcome


def raises(error):
    def act():
        raise error

    return act


def test_plan_looks_and_apply_acts():
    step = Step("nodes", does(Outcome((CHANGE,))), does(Outcome()))

    assert run(step, mode="plan").changes == (CHANGE,)
    assert run(step).changes == ()


def test_the_listener_hears_each_step_in_order():
    recorder = Recorder()

    execute("lab", [Step("a", nothing, nothing), Step("b", nothing, nothing)], "plan", recorder)

    assert recorder.heard == ["start a", "end a", "start b", "end b"]


def test_a_failed_node_does_not_stop_the_next_step():
    result = run(
        Step("nodes", nothing, does(Outcome((CHANGE,), (UNREACHABLE,)))),
        Step("cluster", nothing, does(Outcome((CHANGE,)))),
    )

    assert len(result.changes) == 2
    assert not result.ok


def test_after_a_blocking_failure_the_rest_is_skipped_and_says_so():
    result = run(
        Step("nodes", nothing, raises(MecctlError("broken"))), Step("cluster", nothing, does(Outcome((CHANGE,))))
    )

    assert result.changes == ()
    assert result.steps[1].skipped == "nodes failed"


def test_a_defect_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        run(Step("nodes", nothing, raises(ZeroDivisionError())))


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ((), 0),
        ((UNREACHABLE,), 4),
        ((MecctlError("x"),), 1),
        ((UNREACHABLE, MecctlError("x")), 1),
        ((LockedError("x"),), 5),
    ],
)
def test_exit_code(errors, code):
    assert RunResult("lab", (StepResult("a", Outcome(errors=errors), 0.0),)).exit_code == code


def test_a_broken_promise_fails_the_run():
    check = Check("refused", "urllc", "embb/cache:8080", "refused", "answered", "", ok=False)

    result = RunResult("lab", (StepResult("proof", Outcome(checks=(check,)), 0.0),))

    assert (result.ok, result.exit_code) == (False, 1)


def test_what_is_unknown_counts_as_pending():
    result = RunResult("lab", (StepResult("cluster", Outcome(unknown="not there yet"), 0.0),))

    assert result.pending
    assert result.unknown == ("cluster: not there yet",)
