import pytest

from mecctl.model import TENANT_ROLES
from stacks.components.tenancy import rules
from tests.stacks.rendering import full_site, render, site
from tests.support.tenants import promised

OIDC = {"issuer": "https://login.example.org", "clientID": "mec", "adminGroups": ["operators"]}
KUBERNETES = {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}}


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_a_role_is_what_the_guide_says(role):
    granted = {(group, one, verb) for group, some, verbs in rules(role) for one in some for verb in verbs}

    assert granted == promised()[role]


def test_a_role_has_no_wildcard():
    words = {word for role in TENANT_ROLES for group, *rest in rules(role) for word in (group, *sum(rest, ()))}

    assert [word for word in words if "*" in word] == []


def test_the_cluster_has_each_role_once_and_each_slice_binds_it():
    made = render("slices", full_site())

    assert made.names("ClusterRole") == {f"/mecctl-slice-{role}" for role in TENANT_ROLES}
    assert made.names("RoleBinding") == {
        f"{namespace}/mecctl-slice-{role}" for namespace in ("slice-1-0000a1", "slice-2") for role in TENANT_ROLES
    }
    (first, *_) = made.find("ClusterRole", "mecctl-slice-admin")["rules"]
    assert (first["apiGroups"], first["verbs"]) == ([""], ["get", "list", "watch"])


def test_a_binding_is_for_its_slices_group_of_certificates():
    found = render("slices", full_site()).find("RoleBinding", "mecctl-slice-deployer", "slice-2")

    assert found["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "mecctl-slice-deployer",
    }
    assert found["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "mecctl:slice-2:deployer"}
    ]


def test_an_identity_providers_group_has_its_prefix():
    whole = full_site().spec.model_dump(by_alias=True, exclude_unset=True)
    made = render("slices", site(**whole | {"kubernetes": {**KUBERNETES, "oidc": OIDC}}))

    assert [one["name"] for one in made.find("RoleBinding", "mecctl-slice-admin", "slice-2")["subjects"]] == [
        "mecctl:slice-2:admin",
        "oidc:mecctl:slice-2:admin",
    ]


def test_operators_are_the_groups_that_the_site_names():
    made = render("platform", site(kubernetes={**KUBERNETES, "oidc": OIDC}))

    found = made.find("ClusterRoleBinding", "mecctl-operators")
    assert (found["roleRef"]["name"], [one["name"] for one in found["subjects"]]) == (
        "cluster-admin",
        ["oidc:operators"],
    )


@pytest.mark.parametrize("oidc", [None, {**OIDC, "adminGroups": []}])
def test_without_such_groups_nobody_new_administers(oidc):
    made = render("platform", site(kubernetes={**KUBERNETES, "oidc": oidc}))

    assert made.names("ClusterRoleBinding") == {"/system:coredns", "/mecctl:namespace-guard"}
