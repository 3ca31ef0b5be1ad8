"""What a site comes to: the worst of its findings; what couldn't be asked is no pass, and nothing is new for it."""

import pytest

from mecctl.audit.assess import BENCHMARKS, assess
from mecctl.audit.changes import changes, record
from mecctl.audit.control import Answer, Finding, Result, in_cluster
from tests.audit.breaking import BREAKING
from tests.audit.recorded import hardened, seen

CONTROL = in_cluster("X-1", "A thing", lambda _: Finding(Result.passed, "", ""))


def audit(evidence):
    return assess("lab", seen(evidence))


def finding(result, *, unseen=False):
    return Finding(result, "source", "found", "reason", None, unseen)


@pytest.mark.parametrize(
    ("results", "sum_"),
    [
        (("pass", "pass"), "pass"),
        (("pass", "not-applicable"), "pass"),
        (("not-applicable", "not-applicable"), "not-applicable"),
        (("pass", "fail", "not-applicable"), "fail"),
    ],
)
def test_a_control_comes_to_the_worst_that_applies(results, sum_):
    answer = Answer("x", CONTROL, tuple(finding(Result(one)) for one in results))

    assert answer.result == sum_


def test_a_hardened_site_is_ok():
    found = audit(hardened())

    assert (found.ok, found.exit_code) == (True, 0)


def test_a_failure_ends_with_1():
    broken = hardened()
    BREAKING["cis/1.2.15"](broken)

    assert audit(broken).exit_code == 1


@pytest.mark.parametrize("lost", ["edge-1", "edge-2", "cluster"])
def test_what_does_not_answer_ends_with_4_and_every_control_is_answered(lost):
    evidence = hardened()
    if lost == "cluster":
        evidence["cluster"] = "the API can't be reached"
    else:
        evidence["machines"][lost] = "the node can't be reached by SSH"
    found = audit(evidence)

    assert len(found.answers) == sum(len(one.controls) for one in BENCHMARKS)
    assert all(answer.findings for answer in found.answers)
    assert found.failures
    unseen = [answer for answer in found.failures if answer.unseen]
    assert unseen
    if lost != "cluster":  # without it the kubelets' own configuration is a failure with its reason
        assert (found.exit_code, unseen) == (4, list(found.failures))


def test_a_failure_and_an_unreachable_machine_end_with_1():
    broken = hardened()
    BREAKING["cis/1.2.15"](broken)
    broken["machines"]["edge-2"] = "off"

    assert audit(broken).exit_code == 1


def test_the_first_audit_has_nothing_to_compare_with():
    assert changes(audit(hardened()), None) is None


def test_what_fails_and_what_is_mended_since():
    good, bad = hardened(), hardened()
    BREAKING["node/NODE-NET-03"](bad)
    first = record(audit(good), "monday", None)
    second = record(audit(bad), "tuesday", first)

    opened, mended = changes(audit(bad), first), changes(audit(good), second)
    assert opened is not None
    assert mended is not None
    assert (opened.since, opened.failing, opened.mended) == ("monday", ("cis/4.2.4", "node/NODE-NET-03"), ())
    assert (mended.since, mended.failing, set(mended.mended)) == ("tuesday", (), set(opened.failing))


def test_what_could_not_be_asked_stays_as_it_was():
    lost = hardened()
    lost["machines"]["edge-2"] = "off"
    last = record(audit(hardened()), "monday", None)
    found = changes(audit(lost), last)

    assert found is not None
    assert (found.failing, found.mended) == ((), ())
    assert record(audit(lost), "tuesday", last)["results"] == last["results"]
