"""What one stack exports is there for the next."""

import pytest

from mecctl.engine.objects.values import REFERENCE, SIGNATURE, Secret, has_secret, secret
from mecctl.engine.project.program import Program
from mecctl.engine.run.failures import ProgramError
from mecctl.engine.sdk.stackreference import refer
from mecctl.errors import MecctlError

FIRST = """
a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": "v"})
pulumi.export("uid", a.metadata.uid)
pulumi.export("word", pulumi.Output.secret("canary-exported"))
pulumi.export("nested", {"list": [1, pulumi.Output.secret("canary-nested")]})
pulumi.export("object", a)
"""
SECOND = """
import pulumi
other = pulumi.StackReference(pulumi.Config().get("of") or "organization/case/dev")
pulumi.export("uid", other.require_output("uid"))
pulumi.export("word", pulumi.Output.concat("x-", other.get_output("word")))
pulumi.export("nested", other.get_output("nested").apply(lambda one: one["list"][1]))
pulumi.export("object", other.get_output("object"))
pulumi.export("none", other.get_output("none"))
"""


def program(case, project: str, stack: str, **config: str) -> Program:
    folder = case.folder / f"{project}-{stack}"
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
    (folder / "__main__.py").write_text(SECOND)
    return Program(folder, stack, {f"{project}:{key}": value for key, value in config.items()})


@pytest.mark.e2e
def test_a_program_gets_what_another_stack_exports(case):
    case.up(FIRST)
    uid = case.get("ConfigMap", "a")["metadata"]["uid"]
    with case.engine() as engine:
        for act in (engine.preview, engine.up, engine.up):
            outcome = act(program(case, "next", "dev"))
            assert outcome.changes == ()
            assert outcome.outputs["uid"] == uid
            assert outcome.outputs["word"] == Secret("x-canary-exported")
            assert outcome.outputs["nested"] == Secret("canary-nested")
            assert outcome.outputs["object"]["id"] == f"{case.ns}/a"
        assert engine.up(program(case, "case", "prod", of="dev")).outputs["uid"] == uid
        assert engine.destroy("next", "dev").changes == ()
    assert "canary" not in (case.state / ".pulumi/stacks/next/dev.json").read_text()
    assert case.names() == {"a"}


@pytest.mark.e2e
def test_a_stack_that_is_not_there_is_told(case):
    case.up(FIRST)
    case.destroy()
    with case.engine() as engine:
        for name, told in (("other/dev", "other/dev"), ("dev", "next/dev"), ("organization/case/dev", "case/dev")):
            with pytest.raises(ProgramError, match=f"the stack {told} .* is not there"):
                engine.up(program(case, "next", "dev2", of=name))


@pytest.mark.e2e
def test_references_to_resources_are_looked_up(case):
    source = """
    class Box(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("test:box:Box", name)
            self.inner = ConfigMap("inner", metadata={"namespace": ns, "name": "inner"}, data={"k": "v"},
                opts=ResourceOptions(parent=self))
            self.register_outputs({"inner": self.inner})
    box = Box("box")
    again = box.inner.urn.apply(lambda urn: ConfigMap("inner", opts=ResourceOptions(urn=urn)).data)
    pulumi.export("again", again)
    """
    assert case.up(source).outputs["again"] == {"k": "v"}
    assert case.up(source).changes == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("dev", ("own", "dev")), ("net/dev", ("net", "dev")), ("organization/net/dev", ("net", "dev"))],
)
def test_names_of_stacks(name, expected):
    asked = []

    def exports(*one: str) -> dict[str, object]:
        asked.append(one)
        return {"a": [secret("s")], "b": {SIGNATURE: REFERENCE, "urn": "u", "id": "i"}, "c": 1}

    found = refer(name, "own", exports)
    assert asked == [expected]
    assert found["name"] == name
    assert found["secretOutputNames"] == ["a"]
    assert has_secret(found["outputs"]["a"])
    assert found["outputs"]["b"] == "i"


def test_other_organizations_are_refused():
    with pytest.raises(MecctlError, match="organization/net/dev"):
        refer("acme/net/dev", "own", lambda *_: {})


@pytest.mark.e2e
def test_what_the_program_makes_itself_is_read_once_it_is_there(case):
    source = """
    made = ConfigMap("made", metadata={"namespace": ns, "name": "made"}, data={"k": "v"})
    again = ConfigMap.get("again", made.id)
    pulumi.export("again", again.data)
    """
    assert "again" not in case.preview(source).outputs
    assert case.up(source).outputs["again"] == {"k": "v"}
    assert case.preview(source).outputs["again"] == {"k": "v"}
