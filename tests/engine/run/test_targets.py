"""Which resources patterns mean; and a run that leaves everything else as it is."""

import pytest

from mecctl.engine.run.failures import ProgramError
from mecctl.engine.run.targets import Targets
from mecctl.engine.state import Resource
from mecctl.errors import MecctlError
from tests.support.cases import told

PREFIX = "urn:pulumi:dev::case::kubernetes:core/v1:ConfigMap::"
INNER = "urn:pulumi:dev::case::test:box:Box$kubernetes:core/v1:ConfigMap::inner"


@pytest.mark.parametrize(
    ("pattern", "urn", "fits"),
    [
        (f"{PREFIX}a", f"{PREFIX}a", True),
        (f"{PREFIX}a", f"{PREFIX}ab", False),
        ("a", f"{PREFIX}a", True),
        ("a*", f"{PREFIX}ab", True),
        ("a.b", f"{PREFIX}axb", False),
        ("urn:pulumi:*::case::**::inner", INNER, True),
        ("urn:pulumi:*::*::inner", INNER, False),
        ("**Box$**", INNER, True),
        ("**ConfigMap::in*", INNER, True),
    ],
)
def test_patterns(pattern, urn, fits):
    assert Targets((pattern,)).names(urn) is fits


def chain() -> list[Resource]:
    a, b, c = (f"{PREFIX}{name}" for name in "abc")
    kind = "kubernetes:core/v1:ConfigMap"
    return [
        Resource(a, kind, True),
        Resource(b, kind, True, dependencies=(a,)),
        Resource(c, kind, True, property_dependencies={"data": [b]}),
    ]


def test_dependents_are_followed_to_the_end():
    assert Targets(("a",)).among(chain()) == {f"{PREFIX}a"}
    assert Targets(("a",), dependents=True).among(chain()) == {f"{PREFIX}{name}" for name in "abc"}
    assert Targets().among(chain()) == {f"{PREFIX}{name}" for name in "abc"}


def test_an_unknown_target_is_told_with_what_is_near():
    urns = [f"{PREFIX}database", f"{PREFIX}web"]
    with pytest.raises(MecctlError) as unknown:
        Targets(("databse",)).check(urns)
    assert "'databse'" in str(unknown.value)
    assert "database" in str(unknown.value)
    with pytest.raises(MecctlError, match=f"{PREFIX}web"):
        Targets((f"{PREFIX}wep",)).check(urns)


THREE = """
def make(name, **data):
    return ConfigMap(name, metadata={"namespace": ns, "name": name}, data={"v": config.require("v"), **data})
a = make("a")
b = make("b", a=a.metadata.name)
c = make("c")
pulumi.export("b", b.metadata.name)
"""


def both(case, source: str, targets: Targets, **config: str):
    """Preview and up of the same program, which must tell the same."""
    with case.engine() as engine:
        program = case.program(source, **config)
        preview, up = engine.preview(program, targets=targets), engine.up(program, targets=targets)
    assert preview.changes == up.changes
    return up


@pytest.mark.e2e
def test_only_targets_are_changed(case):
    case.up(THREE, v="1")
    outcome = both(case, THREE, Targets(("a",)), v="2")
    assert told(outcome) == [("update", "a")]
    assert outcome.outputs == {"b": "b"}
    assert [case.get("ConfigMap", name)["data"]["v"] for name in "abc"] == ["2", "1", "1"]
    assert told(both(case, THREE, Targets(("a",), dependents=True), v="3")) == [("update", "a"), ("update", "b")]
    assert told(case.up(THREE, v="3")) == [("update", "c")]
    assert case.up(THREE, v="3").changes == ()


@pytest.mark.e2e
def test_what_is_no_target_is_not_made_and_what_needs_it_is_refused(case):
    assert told(both(case, THREE, Targets(("c",)), v="1")) == [("create", "c")]
    for verb in ("preview", "up"):
        with case.engine() as engine, pytest.raises(ProgramError, match="it needs a, which isn't there"):
            getattr(engine, verb)(case.program(THREE, v="1"), targets=Targets(("b",)))
    assert case.names() == {"c"}
    assert told(both(case, THREE, Targets(("a", "b")), v="1")) == [("create", "a"), ("create", "b")]
    assert case.up(THREE, v="1").changes == ()


@pytest.mark.e2e
def test_only_targets_are_deleted_and_nothing_that_stays_needs_them(case):
    case.up(THREE, v="1")
    assert told(both(case, "", Targets(("c",)))) == [("delete", "c")]
    with case.engine() as engine, pytest.raises(ProgramError, match="b needs it and is no target"):
        engine.up(case.program(""), targets=Targets(("a",)))
    with case.engine() as engine, pytest.raises(MecctlError, match="b needs it and is no target"):
        engine.destroy("case", "dev", targets=Targets(("a",)))
    assert case.names() == {"a", "b"}
    with case.engine() as engine:
        gone = engine.destroy("case", "dev", targets=Targets(("a",), dependents=True))
    assert told(gone) == [("delete", "a"), ("delete", "b")]
    assert case.names() == set()


@pytest.mark.e2e
def test_what_is_in_a_component_can_be_made_alone(case):
    source = """
    class Box(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("test:box:Box", name)
            for inner in ("x", "y"):
                ConfigMap(inner, metadata={"namespace": ns, "name": inner}, opts=ResourceOptions(parent=self))
    Box("box")
    """
    assert told(both(case, source, Targets(("**Box$**::x",)))) == [("create", "x")]
    assert told(both(case, source, Targets(("box",), dependents=True))) == [("create", "y")]


@pytest.mark.e2e
def test_an_unknown_target_fails_the_run(case):
    with case.engine() as engine, pytest.raises(ProgramError, match="the target 'aa' is neither"):
        engine.up(case.program(THREE, v="1"), targets=Targets(("aa",)))
    assert case.names() == set()
