"""Readiness in a program's own words, and the annotations that say it."""

from typing import Any

import pytest

from mecctl.engine.objects.values import UNKNOWN
from mecctl.engine.readiness import check, deletion, judge, needed
from mecctl.engine.readiness.custom import Expression
from mecctl.engine.readiness.jsonpath import Path
from mecctl.errors import MecctlError

Object = dict[str, Any]
LIVE: Object = {
    "apiVersion": "example.com/v1",
    "kind": "Widget",
    "metadata": {"name": "x", "generation": 2, "labels": {"app.kubernetes.io/name": "w"}},
    "spec": {"size": 3, "on": True, "nothing": None},
    "status": {
        "phase": "Bound",
        "conditions": [
            {"type": "Ready", "status": "True"},
            {"type": "Failed", "status": "False", "reason": "AllGood", "message": "so far"},
            {"type": "Old", "status": "True", "observedGeneration": 1},
        ],
    },
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".status.phase", ["Bound"]),
        ("$.status.phase", ["Bound"]),
        (".metadata.labels['app.kubernetes.io/name']", ["w"]),
        (".status.conditions[0].type", ["Ready"]),
        (".status.conditions[-1].type", ["Old"]),
        (".status.conditions[9].type", []),
        (".status.conditions[*].status", ["True", "False", "True"]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        ("$.status.conditions[?@.type == 'Failed'].reason", ["AllGood"]),
        (".status.conditions[?(@.observedGeneration==1)].type", ["Old"]),
        ('.status.conditions[?(@.status!="True")].type', ["Failed"]),
        (".spec.*", [3, True, None]),
        (".nowhere.at.all", []),
    ],
)
def test_paths(path, found):
    assert Path.parse(path).select(LIVE) == found


@pytest.mark.parametrize("path", ["..phase", ".status[0:1]", ".a[?(@.b > 1)]", ".a[(@.length)]", ".status.phase x"])
def test_what_paths_cannot_say_is_refused(path):
    with pytest.raises(MecctlError, match="doesn't know"):
        Path.parse(path)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("condition=Ready", ""),
        ("condition=ready=true", ""),
        ("condition=Failed=False", ""),
        ("condition=Failed", "its condition Failed is False (AllGood: so far)"),
        ("condition=Absent", "it has no condition Absent"),
        ("condition=Old", "its condition Old is not up to date"),
        ("jsonpath={.status.phase}=Bound", ""),
        ("jsonpath={.status.phase}", ""),
        ("jsonpath={ .status.phase }=Lost", ".status.phase is Bound"),
        ("jsonpath={.status.none}", "it has nothing at .status.none"),
        ("jsonpath={.spec.size}=3", ""),
        ("jsonpath={.spec.on}=true", ""),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', ""),
    ],
)
def test_expressions(text, lacking):
    assert Expression.parse(text).lacking(LIVE) == lacking


@pytest.mark.parametrize("text", ["Ready", "jsonpath=.status.phase", "jsonpath={.x}=", "condition=", "jsonpath='{.x}'"])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(MecctlError, match="waitFor"):
        Expression.parse(text)


def annotated(**annotations: str) -> Object:
    told = {f"pulumi.com/{name}": value for name, value in annotations.items()}
    return {**LIVE, "metadata": {**LIVE["metadata"], "annotations": told}}


def test_several_expressions_have_to_hold_together():
    obj = annotated(waitFor='["condition=Ready", "jsonpath={.status.phase}=Lost"]')
    assert needed(obj)
    assert (judge(obj).ready, judge(obj).why) == (False, ".status.phase is Bound")
    assert judge(annotated(waitFor='["condition=Ready", "jsonpath={.status.phase}"]')).ready
    assert not needed(annotated(waitFor="condition=Absent", skipAwait="true"))


def test_a_change_that_the_controller_has_not_seen_is_waited_for():
    obj = annotated(waitFor="jsonpath={.status.phase}=Bound")
    obj["status"] = {**obj["status"], "observedGeneration": 1}
    assert judge(obj).why == "its controller has not seen the last change"


@pytest.mark.parametrize(
    "annotations",
    [
        {"waitFor": "[]"},
        {"waitFor": '{"a": 1}'},
        {"waitFor": "[1]"},
        {"timeoutSeconds": "soon"},
        {"deletionPropagationPolicy": "now"},
    ],
)
def test_annotations_that_cannot_be_read_are_told_before_anything_is_made(annotations):
    with pytest.raises(MecctlError, match=next(iter(annotations))):
        check(annotated(**annotations))


def test_what_is_not_known_yet_is_left_alone():
    check(annotated(timeoutSeconds=UNKNOWN))


def test_the_policy_of_a_deletion_is_spelt_as_the_api_does():
    assert deletion(annotated(deletionPropagationPolicy="orphan")) == "Orphan"
    assert deletion(LIVE) is None
