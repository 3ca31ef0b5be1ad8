"""Transforms of resources and of calls, of a resource, of its parents and of the stack."""

import pytest

from mecctl.engine.objects.values import Secret
from mecctl.engine.run.failures import ProgramError
from tests.support.cases import told

pytestmark = pytest.mark.e2e

LABEL = """
def label(key):
    def transform(args):
        if args.custom:
            metadata = dict(args.props.get("metadata") or {})
            seen = (metadata.get("annotations") or {}).get("seen", "")
            metadata["annotations"] = {"seen": f"{seen}{key} "}
            return pulumi.ResourceTransformResult({**args.props, "metadata": metadata}, args.opts)
        return None
    return transform
"""


def test_own_transforms_run_before_those_of_parents_and_of_the_stack(case):
    source = (
        LABEL
        + """
class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("test:box:Box", name, None, opts)
        ConfigMap("inner", metadata={"namespace": ns, "name": "inner"},
            opts=ResourceOptions(parent=self, transforms=[label("own")]))
        self.register_outputs({})
pulumi.runtime.register_resource_transform(label("stack"))
Box("box", ResourceOptions(transforms=[label("parent")]))
ConfigMap("outer", metadata={"namespace": ns, "name": "outer"})
"""
    )
    preview = case.preview(source)
    assert told(preview) == told(case.up(source)) == [("create", "outer"), ("create", "inner")]
    seen = {name: case.get("ConfigMap", name)["metadata"]["annotations"]["seen"] for name in ("inner", "outer")}
    assert seen == {"inner": "own parent stack ", "outer": "stack "}
    assert case.up(source).changes == ()


def test_what_a_transform_adds_is_depended_on_and_stays_secret(case):
    source = """
first = ConfigMap("first", metadata={"namespace": ns, "name": "first"}, data={})
async def add(args):
    data = {"uid": first.metadata.uid, "word": pulumi.Output.secret("canary-in-transform")}
    return pulumi.ResourceTransformResult({**args.props, "data": data}, args.opts)
second = ConfigMap("second", metadata={"namespace": ns, "name": "second", "annotations": {"a": first.metadata.uid}},
    opts=ResourceOptions(transforms=[add]))
pulumi.export("word", second.data["word"])
"""
    assert told(case.preview(source)) == [("create", "first"), ("create", "second")]
    made = case.up(source)
    assert made.outputs["word"] == Secret("canary-in-transform")
    assert case.get("ConfigMap", "second")["data"]["uid"] == case.get("ConfigMap", "first")["metadata"]["uid"]
    record = next(one for one in case.checkpoint()["resources"] if one["urn"].endswith("::second"))
    assert [urn.rpartition("::")[2] for urn in record["propertyDependencies"]["metadata"]] == ["first"]
    assert "canary-in-transform" not in (case.state / ".pulumi/stacks/case/dev.json").read_text()
    assert case.up(source).changes == ()


def test_a_transform_changes_options(case):
    source = """
def protect(args):
    args.opts.protect = config.get_bool("protect")
    args.opts.aliases = [pulumi.Alias(name="old")]
    args.opts.ignore_changes = ["data.k"]
    return pulumi.ResourceTransformResult(args.props, args.opts)
name = config.require("name")
ConfigMap(name, metadata={"namespace": ns, "name": "x"}, data={"k": config.require("k")},
    opts=ResourceOptions(transforms=[protect], depends_on=[], delete_before_replace=True))
"""
    case.up(source, name="old", k="1", protect="true")
    assert case.up(source, name="new", k="2", protect="true").changes == ()
    assert case.get("ConfigMap", "x")["data"] == {"k": "1"}
    with pytest.raises(ProgramError, match="protected"):
        case.up("")
    case.up(source, name="new", k="2", protect="false")
    assert told(case.up("")) == [("delete", "new")]


def test_a_transform_that_fails_fails_its_resource_only(case):
    source = """
def bad(args):
    raise ValueError("out of luck")
ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(transforms=[bad]))
ConfigMap("b", metadata={"namespace": ns, "name": "b"})
"""
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=r"a transform of .* a failed") as failed:
            act(source)
        assert "out of luck" in str(failed.value)
        assert told(failed.value.outcome) == [("create", "b")]
    assert case.names() == {"b"}


def test_transformations_of_the_old_kind_run_in_the_program(case):
    source = """
def rename(args):
    if args.type_ == "kubernetes:core/v1:ConfigMap":
        return pulumi.ResourceTransformationResult({**args.props, "data": {"by": "old"}}, args.opts)
pulumi.runtime.register_stack_transformation(rename)
ConfigMap("a", metadata={"namespace": ns, "name": "a"})
"""
    case.up(source)
    assert case.get("ConfigMap", "a")["data"] == {"by": "old"}


def test_calls_are_transformed(case):
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: NAME, namespace: {case.ns}}}\n"
    source = f"""
def rename(args):
    return pulumi.InvokeTransformResult({{"text": args.args["text"].replace("NAME", "y")}}, args.opts)
pulumi.runtime.register_invoke_transform(rename)
k8s.yaml.ConfigGroup("group", yaml=[{text!r}])
"""
    case.up(source)
    assert case.names() == {"y"}
