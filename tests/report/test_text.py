import json

from mecctl.errors import InputError, MecctlError, Problem
from mecctl.plan.change import Change
from mecctl.plan.check import Check
from mecctl.plan.result import RunResult, StepResult
from mecctl.plan.step import Outcome
from mecctl.report.json import error_to_json, run_to_json
from mecctl.report.text import plan_to_text, table, up_to_text

CHANGE = Change("edge-1: file /etc/x", "update", "content differs")
CHECK = Check("refused", "urllc", "embb/cache:8080", "refused", "refused", "", ok=True)
BROKEN = Check("answers", "embb", "cache:8080", "answers", "timed out", "", ok=False)


def result(*outcomes: Outcome) -> RunResult:
    return RunResult("lab", tuple(StepResult(f"s{i}", outcome, 1.5) for i, outcome in enumerate(outcomes)))


def test_a_plan_lists_changes_and_their_sum():
    text = plan_to_text(result(Outcome((CHANGE,)), Outcome(unknown="no cluster yet")))

    assert text.splitlines() == [
        "~ edge-1: file /etc/x  (content differs)",
        "? s1: no cluster yet",
        "lab: 1 changes pending, more once the cluster is there",
    ]


def test_an_empty_plan_says_so():
    assert plan_to_text(result(Outcome())) == "lab: nothing to change"


def test_a_plan_that_failed_never_looks_empty():
    assert "not complete" in plan_to_text(result(Outcome(errors=(MecctlError("no answer", where="edge-2"),))))


def test_up_shows_what_was_proven_and_what_was_not():
    text = up_to_text(result(Outcome(checks=(CHECK, BROKEN))))

    assert "✓ refused    urllc → embb/cache:8080" in text
    assert "✗ answers    embb → cache:8080" in text
    assert "timed out  (declared: answers)" in text
    assert "lab is NOT up" in text


def test_json_has_the_promised_fields():
    value = json.loads(json.dumps(run_to_json(result(Outcome((CHANGE,), checks=(CHECK,))))))

    assert value["site"] == "lab"
    assert value["ok"] is True
    assert value["moduleExecutions"] == {}
    assert value["steps"] == [{"name": "s0", "changed": 1, "seconds": 1.5, "skipped": None}]
    assert value["changes"] == [{"subject": "edge-1: file /etc/x", "action": "update", "reason": "content differs"}]
    assert value["checks"][0]["kind"] == "refused"


def test_json_of_wrong_input_carries_each_problem():
    value = error_to_json(InputError([Problem("site.yaml", 3, "spec", "missing")]))

    assert value["exitCode"] == 3
    assert value["problems"] == [{"file": "site.yaml", "line": 3, "field": "spec", "what": "missing", "allowed": None}]


def test_table_columns_line_up():
    assert table(["NAME", "READY"], [["edge-1", "yes"], ["e", "no"]]) == "NAME    READY\nedge-1  yes\ne       no"


def test_a_note_is_told_and_neither_fails_nor_pends():
    noted = result(Outcome(notes=("nothing tells the load",)))

    assert plan_to_text(noted) == "note: nothing tells the load\nlab: nothing to change"
    assert "note: nothing tells the load" in up_to_text(noted)
    assert run_to_json(noted)["notes"] == ["nothing tells the load"]
    assert (noted.ok, noted.pending, noted.exit_code) == (True, False, 0)
