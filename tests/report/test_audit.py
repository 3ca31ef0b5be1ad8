"""An audit as text, as JSON and as a page."""

import json

import pytest

from mecctl.audit.assess import Audit
from mecctl.audit.changes import Changes
from mecctl.audit.control import Answer, Finding, Result, in_cluster, on_nodes
from mecctl.report.audit import audit_to_json, audit_to_text
from mecctl.report.auditpage import audit_to_html

GOOD = Answer(
    "cis",
    on_nodes("4.2.1", "Nobody gets to the kubelet", lambda _: Finding(Result.passed, "", "")),
    (Finding(Result.passed, "configz", "anonymous is False", subject="edge-1"),),
)
BAD = Answer(
    "node",
    on_nodes("NODE-NET-03", "Nothing listens", lambda _: Finding(Result.failed, "", "")),
    (
        Finding(Result.passed, "ss", "all expected", subject="edge-1"),
        Finding(Result.failed, "ss", "tcp any 1 <x>", "wanted: nothing", "edge-2"),
    ),
)
LEFT = Answer(
    "cis",
    in_cluster("1.2.11", "Images", lambda _: Finding(Result.excluded, "", ""), "operator"),
    (Finding(Result.excluded, "pods", "none was pulled", "no registry"),),
)
LOST = Answer("nsa", BAD.control, (Finding(Result.failed, "edge-2", "no answer", "off", "edge-2", unseen=True),))
SINCE = Changes("monday", ("node/NODE-NET-03",), ("cis/4.2.1",))


@pytest.fixture
def audit():
    return Audit("lab", (GOOD, BAD, LEFT))


def test_text_has_what_fails_and_where(audit):
    text = audit_to_text(audit, SINCE, all_=False)

    assert text.startswith(
        "✗ NODE-NET-03  Nothing listens  (mecctl)\n    edge-2: ss: tcp any 1 <x>  (wanted: nothing)\n"
    )
    assert "4.2.1  Nobody" not in text
    assert "✗ fails since monday: node/NODE-NET-03\n✓ mended since monday: cis/4.2.1" in text
    assert text.endswith("✗ lab: 1 of 3 controls fail")


def test_text_with_all_has_every_control_and_the_reasons(audit):
    text = audit_to_text(audit, None, all_=True)

    assert "✓ 4.2.1  Nobody gets to the kubelet  (mecctl)\n    edge-1: configz: anonymous is False" in text
    assert "- 1.2.11  Images  (operator)\n    pods: none was pulled  (no registry)" in text


def test_text_of_nothing_wrong():
    text = audit_to_text(Audit("lab", (GOOD,)), Changes("monday", (), ()), all_=False)

    assert text.endswith("as at monday\nlab: none of 1 controls fails")


def test_text_says_what_was_not_answered():
    assert audit_to_text(Audit("lab", (LOST,)), None, all_=False).endswith(
        "✗ lab: 1 of 1 controls fail, 1 of them for want of an answer"
    )


def test_json_has_the_fields_that_others_rely_on(audit):
    value = json.loads(json.dumps(audit_to_json(audit, SINCE)))

    assert (value["site"], value["ok"]) == ("lab", False)
    assert [(one["id"], one["title"], one["result"]) for one in value["controls"]] == [
        ("4.2.1", "Nobody gets to the kubelet", "pass"),
        ("NODE-NET-03", "Nothing listens", "fail"),
        ("1.2.11", "Images", "not-applicable"),
    ]
    assert value["controls"][1]["evidence"][1] == {
        "node": "edge-2",
        "result": "fail",
        "source": "ss",
        "found": "tcp any 1 <x>",
        "reason": "wanted: nothing",
        "unreachable": False,
    }
    assert value["changes"] == {"since": "monday", "failing": ["node/NODE-NET-03"], "mended": ["cis/4.2.1"]}
    assert value["summary"]["cis"] == {"pass": 1, "fail": 0, "not-applicable": 1}
    assert value["benchmarks"][0] == {"id": "cis", "name": "CIS Kubernetes Benchmark v1.12", "controls": 131}


def test_a_page_stands_alone_and_takes_nothing_for_markup(audit):
    page = audit_to_html(audit, SINCE)

    assert page.startswith("<!DOCTYPE html>")
    assert "tcp any 1 &lt;x&gt;" in page
    assert not {"<script", "http://", "https://", "src="} & set(page.split())
    assert all(one in page for one in ("4.2.1", "NODE-NET-03", "1.2.11", "no registry", "monday"))
