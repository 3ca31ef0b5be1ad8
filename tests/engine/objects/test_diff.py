"""Differences are told as paths; what the server keeps for itself isn't one."""

import pytest

from mecctl.engine.objects import diff


def test_what_the_server_keeps_is_no_difference():
    live = {"metadata": {"uid": "a", "resourceVersion": "1", "generation": 1, "managedFields": [1]}, "status": {"x": 1}}
    wanted = {"metadata": {"uid": "b", "resourceVersion": "2", "generation": 2}, "status": {"x": 2}}
    assert diff.changed(live, wanted) == []


def test_differences_are_paths():
    live = {"spec": {"replicas": 1, "ports": [{"port": 80}], "gone": 1}, "metadata": {"labels": {"a.b/c": "x"}}}
    wanted = {"spec": {"replicas": 2, "ports": [{"port": 81}], "new": 1}, "metadata": {"labels": {"a.b/c": "y"}}}
    assert [diff.text(path) for path in diff.changed(live, wanted)] == [
        'metadata.labels["a.b/c"]',
        "spec.gone",
        "spec.new",
        "spec.ports[0].port",
        "spec.replicas",
    ]


def test_a_list_of_another_length_differs_as_a_whole():
    assert diff.changed({"a": [1, 2]}, {"a": [1]}) == [("a",)]


def test_a_reason_names_a_few_and_counts_the_rest():
    assert diff.reason([("a",)]) == "a differs"
    assert diff.reason([("a",), ("b",)]) == "a, b differ"
    assert diff.reason([(str(number),) for number in "abcdef"]) == "a, b, c, d and 2 more differ"


@pytest.mark.parametrize("path", ["spec.replicas", 'metadata.labels["a.b/c"]', "spec.containers[0].image"])
def test_paths_are_read_as_they_are_written(path):
    assert diff.text(diff.parse(path)) == path


def test_wildcards_fit_any_step():
    path = ("spec", "containers", 1, "image")
    assert diff.under(path, [diff.parse("spec.containers[*].image")])
    assert diff.under(path, [diff.parse("spec")])
    assert diff.under(("spec",), [diff.parse("spec.containers")])
    assert not diff.under(path, [diff.parse("metadata")])


def test_wildcards_stand_for_what_is_there():
    live = {"spec": {"list": [{"a": 1}, {"a": 2}]}, "data": {"k": 1}}
    sent = {"spec": {"list": [{"a": 3}]}, "data": {"l": 2}}
    found = list(diff.expand(diff.parse("spec.list[*].a"), live, sent))
    assert found == [("spec", "list", 0, "a"), ("spec", "list", 1, "a")]
    assert list(diff.expand(diff.parse("data.*"), live, sent)) == [("data", "k"), ("data", "l")]
    assert list(diff.expand(diff.parse("metadata.name"), live)) == [("metadata", "name")]
    assert list(diff.expand(diff.parse("nothing[*]"), live)) == []


def test_put_sets_and_takes_out():
    value = {"spec": {"replicas": 1, "list": [{"a": 1}]}}
    diff.put(value, ("spec", "replicas"), 5)
    diff.put(value, ("spec", "list", 0, "a"), 2)
    diff.put(value, ("metadata", "labels", "x"), "y")
    diff.put(value, ("nothing", "here"), None)
    assert value == {"spec": {"replicas": 5, "list": [{"a": 2}]}, "metadata": {"labels": {"x": "y"}}}
    diff.put(value, ("spec", "replicas"), None)
    assert "replicas" not in value["spec"]
