"""What the engine refuses, and when a refused change takes a new object."""

import pytest

from mecctl.engine.objects import kinds
from mecctl.errors import MecctlError


@pytest.mark.parametrize(
    ("type_", "custom", "remote", "said"),
    [
        ("aws:s3/bucket:Bucket", True, False, "'aws'"),
        ("kubernetes:helm.sh/v3:Release", True, False, "helm.sh"),
        ("kubernetes:helm.sh/v4:Chart", False, True, "remote component"),
        ("pulumi:providers:aws", True, False, "'aws'"),
        ("pulumi-python:dynamic:Resource", True, False, "'pulumi-python'"),
    ],
)
def test_what_cannot_be_managed_is_refused_in_words(type_, custom, remote, said):
    assert said in (kinds.refusal(type_, custom=custom, remote=remote) or "")


@pytest.mark.parametrize("type_", ["kubernetes:core/v1:Pod", "kubernetes:cilium.io/v2:CiliumNetworkPolicy"])
def test_kubernetes_resources_are_managed(type_):
    assert kinds.refusal(type_, custom=True, remote=False) is None


def test_components_are_never_refused_by_their_type():
    assert kinds.refusal("kubernetes:yaml:ConfigGroup", custom=False, remote=False) is None


def test_what_only_looks_like_an_object_is_refused():
    good = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}
    kinds.refuse_object("kubernetes:core/v1:Pod", good)
    kinds.refuse_object("kubernetes:core/v1:PodPatch", good)
    with pytest.raises(MecctlError, match="without saying which"):
        kinds.refuse_object("kubernetes:core/v1:PodPatch", {**good, "metadata": {}})
    with pytest.raises(MecctlError, match="list"):
        kinds.refuse_object("kubernetes:core/v1:PodList", {**good, "kind": "PodList", "items": []})
    with pytest.raises(MecctlError, match="generateName"):
        kinds.refuse_object("kubernetes:core/v1:Pod", {**good, "metadata": {"generateName": "x-"}})
    with pytest.raises(MecctlError, match="apiVersion"):
        kinds.refuse_object("kubernetes:core/v1:Pod", {"kind": "Pod"})


def test_an_immutable_field_takes_a_new_object():
    cause = ("spec.selector", "FieldValueInvalid", "Invalid value: x: field is immutable")
    assert kinds.fixed("Deployment", [cause]) == ("spec.selector",)


def test_a_wrong_value_does_not():
    immutable = ("spec.selector", "FieldValueInvalid", "field is immutable")
    wrong = ("spec.replicas", "FieldValueInvalid", "must be greater than or equal to 0")
    assert kinds.fixed("Deployment", [immutable, wrong]) == ()
    assert kinds.fixed("Deployment", [wrong]) == ()
    assert kinds.fixed("Namespace", [immutable]) == ()


def test_a_field_named_by_what_is_around_it_counts():
    message = "Forbidden: updates to statefulset spec for fields other than 'replicas' and 'template' are forbidden"
    assert kinds.fixed("StatefulSet", [("spec", "FieldValueForbidden", message)]) == ("spec",)
    assert kinds.fixed("StatefulSet", [("spec", "FieldValueInvalid", "Required value")]) == ()
