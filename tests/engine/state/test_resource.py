"""Records are Pulumi's, and nothing is lost on the way to one and back."""

from mecctl.engine.state import Resource

FULL = Resource(
    urn="urn:pulumi:dev::p::a::b",
    type="a",
    custom=True,
    inputs={"x": 1},
    outputs={"y": 2},
    id="ns/b",
    parent="urn:parent",
    provider="urn:provider::id",
    dependencies=("urn:one",),
    property_dependencies={"x": ["urn:two"], "z": []},
    protect=True,
    retain_on_delete=True,
    ignore_changes=("spec",),
    init_errors=("not ready",),
    created="2026-01-01T00:00:00Z",
    modified="2026-01-02T00:00:00Z",
)


def test_a_record_reads_back_the_same():
    record = FULL.record(lambda value: value)
    assert Resource.from_record(record, lambda value: value) == FULL
    assert record["propertyDependencies"] == {"x": ["urn:two"], "z": []}
    assert record["dependencies"] == ["urn:one"]


def test_what_says_nothing_is_not_written():
    record = Resource("urn:a", "pulumi:pulumi:Stack", custom=False).record(lambda value: value)
    assert record == {"urn": "urn:a", "custom": False, "type": "pulumi:pulumi:Stack"}


def test_needs_names_parent_provider_and_dependencies():
    assert set(FULL.needs()) == {"urn:parent", "urn:provider", "urn:one", "urn:two"}


def test_references_follow_a_rename_and_go_with_what_is_gone():
    assert FULL.renamed("urn:one", "urn:new").dependencies == ("urn:new",)
    assert FULL.renamed("urn:parent", "urn:new").parent == "urn:new"
    assert FULL.without({"urn:two", "urn:parent"}).property_dependencies == {"x": [], "z": []}
    assert FULL.without({"urn:two", "urn:parent"}).parent == ""
    assert FULL.renamed("urn:other", "urn:new") is FULL
