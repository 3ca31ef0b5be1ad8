from typing import Any

import pytest

from mecctl.plan.check import Check
from mecctl.probe.attempts import Attempt
from mecctl.probe.verdict import judge

NAME = Attempt("urllc", "dns", "control.slice-2.svc", "control.slice-2.svc", expected="10.43.0.6")
OWN = Attempt("video", "answers", "video/cache:8080", "10.43.0.5", 8080)
WALL = Attempt("urllc", "refused", "video/cache:8080", "10.43.0.5", 8080)
DOOR = Attempt("urllc", "opened", "video/cache:8080", "10.43.0.5", 8080)

FOUND = {"address": "10.43.0.6"}
HTTP = {"http": "200", "connected": 0.001, "exit": 0}
TIMEOUT = {"http": "000", "connected": 0.0, "exit": 28}
RESET = {"http": "000", "connected": 0.0, "exit": 7}
NOT_HTTP = {"http": "000", "connected": 0.001, "exit": 1}


def last(*pairs: tuple[Attempt, dict[str, Any] | None]) -> Check:
    checks = judge([attempt for attempt, _ in pairs], {i: result for i, (_, result) in enumerate(pairs) if result})
    return checks[-1]


@pytest.mark.parametrize(("result", "said"), [(TIMEOUT, "timed out"), (RESET, "refused")])
def test_a_wall_holds(result, said):
    assert last((NAME, FOUND), (OWN, HTTP), (WALL, result)) == Check(
        "refused", "urllc", "video/cache:8080", "refused", said, "", ok=True
    )


def test_a_wall_with_a_hole():
    found = last((NAME, FOUND), (OWN, HTTP), (WALL, HTTP))

    assert (found.ok, found.measured) == (False, "HTTP 200")


def test_a_refusal_by_what_answers_nobody_proves_nothing():
    found = last((NAME, FOUND), (OWN, TIMEOUT), (WALL, TIMEOUT))

    assert not found.ok
    assert "doesn't answer its own slice" in found.measured


def test_a_refusal_from_a_pod_without_network_proves_nothing():
    found = last((NAME, {"address": ""}), (OWN, HTTP), (WALL, TIMEOUT))

    assert not found.ok
    assert "reaches nothing" in found.measured


def test_another_port_that_answers_does_not_count():
    other = Attempt("video", "answers", "video/cache:9090", "10.43.0.5", 9090)

    assert not last((NAME, FOUND), (other, HTTP), (WALL, TIMEOUT)).ok


@pytest.mark.parametrize("attempt", [OWN, DOOR, WALL, NAME])
def test_a_result_that_never_came_proves_nothing(attempt):
    found = last((NAME, FOUND), (OWN, HTTP), (attempt, None))

    assert (found.ok, found.measured) == (False, "no result")


@pytest.mark.parametrize(("result", "said"), [(HTTP, "HTTP 200"), (NOT_HTTP, "connected")])
def test_an_opening_that_works(result, said):
    found = last((DOOR, result))

    assert (found.ok, found.declared, found.measured) == (True, "open", said)


def test_an_opening_that_does_not_work():
    assert not last((DOOR, TIMEOUT)).ok


def test_a_name_must_have_the_address_of_its_service():
    assert last((NAME, FOUND)).ok
    wrong = last((NAME, {"address": "10.43.0.7"}))
    assert (wrong.ok, wrong.declared, wrong.measured) == (False, "10.43.0.6", "10.43.0.7")


def test_what_does_not_run_is_said_so():
    found = last((Attempt("video", "answers", "video/cache:8080", "", 8080), None))

    assert (found.ok, found.measured) == (False, "nothing of it runs")
