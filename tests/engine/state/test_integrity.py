"""The rules that Pulumi has for a deployment, each broken once."""

import copy
from typing import Any

import pytest

from mecctl.engine.state.integrity import IntegrityError, check, faults, magic

URN = "urn:pulumi:dev::p::"
PROVIDER = f"{URN}pulumi:providers:kubernetes::k"
SOUND: dict[str, Any] = {
    "manifest": {"magic": magic("v3"), "version": "v3"},
    "resources": [
        {"urn": f"{URN}pulumi:pulumi:Stack::p-dev", "type": "pulumi:pulumi:Stack", "custom": False},
        {"urn": PROVIDER, "type": "pulumi:providers:kubernetes", "custom": True, "id": "1"},
        {"urn": f"{URN}t::a", "type": "t", "custom": True, "id": "a", "provider": f"{PROVIDER}::1"},
        {
            "urn": f"{URN}t::b",
            "type": "t",
            "custom": True,
            "id": "b",
            "parent": f"{URN}pulumi:pulumi:Stack::p-dev",
            "dependencies": [f"{URN}t::a"],
            "propertyDependencies": {"k": [f"{URN}t::a"], "none": None},
            "deletedWith": f"{URN}t::a",
            "replaceWith": [f"{URN}t::a"],
            "provider": f"{PROVIDER}::1",
        },
    ],
}


def test_a_sound_one_has_no_faults():
    assert list(faults(SOUND)) == []
    twice = copy.deepcopy(SOUND)
    twice["resources"].append({**SOUND["resources"][2], "delete": True})
    twice["resources"].append({**SOUND["resources"][2], "delete": True, "id": "other"})
    assert list(faults(twice)) == []
    assert list(faults({"manifest": SOUND["manifest"]})) == []


@pytest.mark.parametrize(
    ("index", "change", "said"),
    [
        (2, {"urn": ""}, "index 2 has no urn"),
        (2, {"type": ""}, "has no type"),
        (0, {"id": "x"}, "is a component, but has an id"),
        (2, {"provider": "nonsense"}, "where `<urn>::<id>` of a provider belongs"),
        (2, {"provider": f"{URN}t::a::1"}, "where `<urn>::<id>` of a provider belongs"),
        (2, {"provider": f"{PROVIDER}::2"}, "unknown provider"),
        (1, {"type": "t"}, "unknown provider"),
        (2, {"parent": f"{URN}t::b"}, "parent urn:pulumi:dev::p::t::b, which comes after it"),
        (2, {"parent": f"{URN}t::z"}, "parent urn:pulumi:dev::p::t::z, which is missing"),
        (2, {"dependencies": [f"{URN}t::b"]}, "comes after it"),
        (2, {"propertyDependencies": {"k": [f"{URN}t::z"]}}, "the dependency of k urn:pulumi:dev::p::t::z"),
        (2, {"deletedWith": f"{URN}t::b"}, "deletedWith"),
        (2, {"replaceWith": [f"{URN}t::b"]}, "replaceWith"),
        (2, {"dependencies": [f"{URN}t::a"]}, "comes after it"),
        (3, {"urn": f"{URN}t::a"}, "is there twice"),
    ],
)
def test_each_rule(index, change, said):
    broken = copy.deepcopy(SOUND)
    broken["resources"][index].update(change)
    with pytest.raises(IntegrityError, match=r"isn't sound") as told:
        check(broken, "here")
    assert said in "\n".join(faults(broken))
    assert "here" in str(told.value)


@pytest.mark.parametrize("manifest", [{}, {"magic": "x", "version": "v3"}, {"magic": magic("v3"), "version": "v4"}])
def test_an_altered_manifest(manifest):
    with pytest.raises(IntegrityError, match="altered"):
        check({**SOUND, "manifest": manifest}, "here")


def test_the_time_it_takes_grows_with_the_number_of_resources_alone():
    """Half a second for 50,000 that all depend on one: no rule looks through the others again."""
    many = [{**SOUND["resources"][3], "urn": f"{URN}t::x{number}"} for number in range(50_000)]
    assert list(faults({**SOUND, "resources": [*SOUND["resources"], *many]})) == []
    missing = [{**one, "parent": f"{URN}t::z"} for one in many]
    assert len(list(faults({**SOUND, "resources": [*SOUND["resources"], *missing]}))) == 50_000
