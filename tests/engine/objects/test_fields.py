"""Fields of changes, and what of them is hidden."""

from typing import Any

from mecctl.engine.objects.fields import FieldDiff, fields
from mecctl.engine.objects.values import UNKNOWN, secret
from mecctl.engine.state import Resource

META = {"name": "a", "namespace": "n"}


def resource(inputs: dict[str, Any], outputs: dict[str, Any] | None = None) -> Resource:
    return Resource("urn:a", "kubernetes:core/v1:ConfigMap", custom=True, inputs=inputs, outputs=outputs or {})


def obj(kind: str = "ConfigMap", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": dict(META), **parts}


def masked(text: str) -> str:
    return text.replace("hunter22", "[masked]")


def told(now, old=None, live=None, wanted=None) -> dict[str, tuple[Any, Any]]:
    before = resource(old, old) if old else None
    return {one.path: (one.before, one.after) for one in fields(live, wanted, resource(now), before, masked)}


def test_all_of_a_new_object_is_told_field_by_field():
    spec = {"ports": [{"port": 80, "name": "x"}], "selector": {}, "on": False}
    assert told(obj(spec=spec)) == {
        "metadata.name": (None, "a"),
        "metadata.namespace": (None, "n"),
        "spec.ports[0].port": (None, 80),
        "spec.ports[0].name": (None, "x"),
        "spec.selector": (None, {}),
        "spec.on": (None, False),
    }


def test_of_an_update_the_servers_two_sides():
    live = obj(data={"k": "1", "gone": "x"}, status={"x": 1})
    wanted = obj(data={"k": "2", "new": "y"}, status={"x": 2})
    assert told(obj(data={"k": "2", "new": "y"}), obj(data={"k": "1"}), live, wanted) == {
        "data.k": ("1", "2"),
        "data.gone": ("x", None),
        "data.new": (None, "y"),
    }


def test_of_a_replacement_what_the_inputs_speak_of():
    old = obj(spec={"selector": {"a": "1"}, "defaulted": True})
    assert told(obj(spec={"selector": {"a": "2"}}), old) == {"spec.selector.a": ("1", "2")}


def test_what_is_not_known_yet_is_said_so():
    assert told(obj(data={"uid": UNKNOWN, "x": f"{UNKNOWN}"}))["data.uid"] == (None, "[unknown]")


def test_secrets_are_hidden_by_their_place_on_both_sides():
    env = [{"name": "A", "value": secret("ab")}, {"name": "B", "value": "x"}]
    live = obj(spec={"env": [{"name": "A", "value": "cd"}, {"name": "B", "value": "x"}]})
    wanted = obj(spec={"env": [{"name": "A", "value": "ab"}, {"name": "B", "value": "y"}]})
    assert told(obj(spec={"env": env}), None, live, wanted) == {
        "spec.env[0].value": ("[secret]", "[secret]"),
        "spec.env[1].value": ("x", "y"),
    }
    assert told(obj(spec={"env": env}))["spec.env[0].value"] == (None, "[secret]")


def test_a_value_that_was_secret_before_stays_hidden():
    live, wanted = obj(data={"k": "old"}), obj(data={"k": "new"})
    assert told(obj(data={"k": "new"}), obj(data={"k": secret("old")}), live, wanted) == {
        "data.k": ("[secret]", "[secret]")
    }


def test_a_list_with_a_secret_is_hidden_whole_when_it_grows():
    live, wanted = obj(spec={"env": [1]}), obj(spec={"env": ["ab", 1]})
    assert told(obj(spec={"env": [secret("ab"), 1]}), None, live, wanted) == {"spec.env": ("[secret]", "[secret]")}


def test_the_content_of_a_secret_is_never_told():
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": "x"}
    live = obj("Secret", data={"k": "YQ=="})
    wanted = {**obj("Secret", data={"k": "Yg=="}), "metadata": {**META, "annotations": annotations}}
    assert set(told(obj("Secret"), None, live, wanted).values()) == {("[secret]", "[secret]"), (None, "[secret]")}


def test_a_secret_that_turns_up_elsewhere_is_masked():
    live, wanted = obj(data={"k": "is hunter22"}), obj(data={"k": "2"})
    assert told(obj(data={"k": "2"}), None, live, wanted) == {"data.k": ("is [masked]", "2")}


def test_a_field_is_plain_data():
    assert FieldDiff("a", None, 1) == FieldDiff("a", after=1)
