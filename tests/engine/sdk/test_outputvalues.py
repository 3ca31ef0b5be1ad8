"""Values that know what they depend on."""

from google.protobuf.json_format import MessageToDict

from mecctl.engine.objects.values import OUTPUT, SIGNATURE, UNKNOWN, secret
from mecctl.engine.sdk.outputvalues import dependencies_in, upgraded, with_dependencies
from mecctl.engine.sdk.wire import to_struct


def output(**fields):
    return {SIGNATURE: OUTPUT, **fields}


def test_secrets_and_unknowns_become_output_values_wherever_they_are():
    given = to_struct({"plain": {"a": [1]}, "s": [secret("x")], "u": {"a": UNKNOWN}, "both": secret(UNKNOWN)})
    assert MessageToDict(upgraded(given)) == {
        "plain": {"a": [1]},
        "s": [output(value="x", secret=True)],
        "u": {"a": output()},
        "both": output(secret=True),
    }


def test_properties_learn_their_dependencies_once():
    given = to_struct({"a": {"x": 1}, "b": output(value=2, secret=True), "c": 3})
    found = with_dependencies(given, {"a": ["urn:2", "urn:1"], "b": ["urn:1"]})
    assert MessageToDict(found) == {
        "a": output(value={"x": 1}, dependencies=["urn:1", "urn:2"]),
        "b": output(value=2, secret=True, dependencies=["urn:1"]),
        "c": 3,
    }
    assert with_dependencies(found, {"a": ["urn:1"]}) == found
    assert dependencies_in(found.fields["a"]) == {"urn:1", "urn:2"}


def test_dependencies_are_found_at_any_depth():
    inner = output(value=[output(value=1, dependencies=["urn:1"])], dependencies=["urn:2"])
    assert dependencies_in(to_struct({"a": {"b": [inner]}}).fields["a"]) == {"urn:1", "urn:2"}
