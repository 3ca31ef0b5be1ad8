"""Objects as programs, the API and the state write them."""

from typing import Any

from mecctl.engine.objects.goal import Goal
from mecctl.engine.objects.objects import checked, is_autonamed, is_ours, live_of, predicted, to_api, to_outputs
from mecctl.engine.objects.values import UNKNOWN, has_secret, is_secret, secret


def goal(**inputs: Any) -> Goal:
    return Goal("urn:pulumi:dev::p::kubernetes:core/v1:X::thing", "kubernetes:core/v1:X", "thing", True, inputs)


def test_an_object_without_a_name_gets_one_that_says_so():
    inputs = checked(goal(apiVersion="v1", kind="ConfigMap"))
    assert inputs["metadata"]["name"].startswith("thing-")
    assert is_autonamed(inputs)
    assert checked(goal(apiVersion="v1", kind="ConfigMap")) == inputs
    assert not is_autonamed(checked(goal(kind="ConfigMap", metadata={"name": "x"})))


def test_the_content_of_a_secret_is_secret_even_if_the_program_does_not_say_so():
    inputs = checked(goal(kind="Secret", metadata={"name": "x"}, stringData={"a": "b"}, data={"c": "ZA=="}))
    assert is_secret(inputs["stringData"])
    assert is_secret(inputs["data"])
    live = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"a": "Yg==", "c": "ZA=="}}
    outputs = to_outputs(live, inputs)
    assert is_secret(outputs["data"])
    assert is_secret(outputs["__inputs"]["stringData"])
    assert live_of(outputs) == live


def test_what_kubectl_writes_beside_a_secret_is_secret_too():
    annotation = "kubectl.kubernetes.io/last-applied-configuration"
    live = {"kind": "Secret", "metadata": {"name": "x", "annotations": {annotation: "canary", "b": "c"}}, "data": {}}
    outputs = to_outputs(live, {"kind": "Secret"})
    assert is_secret(outputs["metadata"]["annotations"][annotation])
    assert outputs["metadata"]["annotations"]["b"] == "c"


def test_a_secret_input_is_secret_in_the_outputs():
    inputs = {"kind": "ConfigMap", "data": {"a": secret("x"), "b": "y"}, "list": [secret("z")]}
    outputs = to_outputs({"kind": "ConfigMap", "data": {"a": "x", "b": "y"}, "list": ["z"]}, inputs, ("kind",))
    assert is_secret(outputs["data"]["a"])
    assert outputs["data"]["b"] == "y"
    assert is_secret(outputs["list"])
    assert is_secret(outputs["kind"])
    assert not has_secret(to_api(inputs))


def test_the_schema_keys_of_a_crd_change_their_spelling_on_the_way():
    inputs = {"kind": "CustomResourceDefinition", "spec": {"x_kubernetes_int_or_string": True}}
    sent = to_api(inputs)
    assert sent["spec"] == {"x-kubernetes-int-or-string": True}
    assert to_outputs(sent, inputs)["spec"] == inputs["spec"]
    assert to_api({"kind": "ConfigMap", "data": {"x_kubernetes_a": "b"}})["data"] == {"x_kubernetes_a": "b"}


def test_ours_is_what_mecctl_applied():
    bare = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}
    full = {**bare, "metadata": {"name": "x", "labels": {"a": "b"}}}

    def live(*entries: tuple[str, str, str]) -> dict[str, Any]:
        return {
            "metadata": {"managedFields": [{"manager": m, "operation": o, "subresource": s} for m, o, s in entries]}
        }

    assert is_ours(live(("mecctl", "Apply", "")), full)
    assert not is_ours(live(("mecctl", "Update", "")), full)
    assert not is_ours(live(("mecctl", "Apply", "status")), full)
    assert not is_ours(live(("kubectl", "Apply", "")), full)
    assert not is_ours(live(), full)
    assert is_ours(live(), bare)
    assert is_ours(live(("kube-controller-manager", "Update", "status")), bare)
    assert not is_ours(live(("kubectl-create", "Update", "")), bare)


def test_what_only_the_server_can_say_is_unknown_in_a_preview():
    shown = predicted({"kind": "Service", "metadata": {"name": "x"}, "spec": {"ports": []}}, None)
    assert shown["metadata"]["uid"] == UNKNOWN
    assert shown["spec"]["clusterIP"] == UNKNOWN
    assert shown["status"] == UNKNOWN
    fixed = predicted({"kind": "Service", "metadata": {"name": "x"}, "spec": {"clusterIP": "None"}}, None)
    assert fixed["spec"]["clusterIP"] == "None"
