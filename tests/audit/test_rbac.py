"""Who may do what, and what an audit policy writes down of it."""

import pytest
import yaml

from mecctl.audit.auditpolicy import Request, level
from mecctl.audit.evidence import Cluster
from mecctl.audit.rbac import bindings, given


def cluster(rules, subject, *, namespace=None):
    meta = {"name": "b", **({"namespace": namespace} if namespace else {})}
    ref = {"kind": "ClusterRole", "name": "r"}
    binding = {"metadata": meta, "roleRef": ref, "subjects": [subject]}
    roles = [{"metadata": {"name": "r"}, "rules": rules}]
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    return Cluster({"objects": {"ClusterRole": roles, kind: [binding]}}, ())


def rule(verbs, group, resources, **more):
    return {"verbs": verbs, "apiGroups": [group], "resources": resources, **more}


SOMEBODY = {"kind": "User", "name": "somebody"}


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ([rule(["list"], "", ["secrets"])], True),
        ([rule(["*"], "*", ["*"])], True),
        ([rule(["list"], "", ["*"])], True),
        ([rule(["delete"], "", ["secrets"])], False),
        ([rule(["list"], "apps", ["secrets"])], False),
        ([rule(["get"], "", ["secrets"], resourceNames=["one"])], False),
        ([], False),
    ],
)
def test_rights_to_all_secrets(rules, allowed):
    assert bool(given(cluster(rules, SOMEBODY), ("get", "list"), "", "secrets")) == allowed


@pytest.mark.parametrize(
    ("resources", "allowed"), [(["pods/exec"], True), (["*/exec"], True), (["*"], True), (["pods"], False)]
)
def test_rights_to_a_subresource(resources, allowed):
    found = cluster([rule(["create"], "", resources)], SOMEBODY)

    assert bool(given(found, ("create",), "", "pods/exec")) == allowed


@pytest.mark.parametrize(
    ("subject", "system"),
    [
        ({"kind": "Group", "name": "system:masters"}, True),
        ({"kind": "User", "name": "system:kube-scheduler"}, True),
        ({"kind": "ServiceAccount", "name": "cilium", "namespace": "kube-system"}, True),
        ({"kind": "ServiceAccount", "name": "cilium", "namespace": "default"}, False),
        ({"kind": "Group", "name": "system:authenticated"}, False),
        ({"kind": "Group", "name": "system:serviceaccounts:kube-system"}, False),
        (SOMEBODY, False),
    ],
)
def test_who_is_kubernetes_itself(subject, system):
    (found,) = bindings(cluster([], subject))

    assert found.system == system


POLICY = yaml.safe_load(
    """
rules:
- {level: None, users: ["system:kube-proxy"], verbs: [watch]}
- {level: None, nonResourceURLs: ["/livez*"]}
- {level: Metadata, resources: [{group: "", resources: [secrets, "pods/*"]}]}
- {level: Request, verbs: [create], resources: [{group: apps}]}
- {level: None, userGroups: ["system:nodes"]}
- {level: RequestResponse, namespaces: [one]}
"""
)


@pytest.mark.parametrize(
    ("request_", "logged"),
    [
        (Request("get", "", "secrets"), "Metadata"),
        (Request("create", "", "pods/exec"), "Metadata"),
        (Request("create", "apps", "deployments"), "Request"),
        (Request("delete", "apps", "deployments"), "None"),
        (Request("watch", "", "secrets", "system:kube-proxy"), "None"),
    ],
)
def test_the_first_rule_that_has_a_request_says(request_, logged):
    assert level(POLICY, request_) == logged
