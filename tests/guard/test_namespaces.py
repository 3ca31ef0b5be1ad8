import pytest

from guard.api import ApiError
from guard.namespaces import close, close_again, disarm
from tests.guard.cluster import Cluster

POLICIES = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"


def namespace(name="shop", **more):
    return {"metadata": {"name": name, **more}}


def test_a_new_namespace_is_closed_both_ways():
    cluster = Cluster()

    assert close(cluster, namespace())

    ((method, path, policy),) = cluster.written
    assert (method, path) == ("POST", POLICIES)
    assert policy["metadata"] == {"name": "default-deny", "namespace": "shop"}
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_one_that_is_closed_stays_as_it_is():
    cluster = Cluster(**{f"{POLICIES}/default-deny": {}})

    assert not close(cluster, namespace())
    assert cluster.written == []


@pytest.mark.parametrize(
    "found",
    [
        namespace("kube-system"),
        namespace("default"),
        namespace(labels={"app.kubernetes.io/managed-by": "mecctl"}),
        namespace(deletionTimestamp="2026-01-01T00:00:00Z"),
        {**namespace(), "deleted": True},
    ],
)
def test_what_others_close_and_what_goes_is_left_alone(found):
    cluster = Cluster()

    assert not close(cluster, found)
    assert cluster.written == []


def test_a_deleted_policy_comes_back():
    cluster = Cluster(**{"/api/v1/namespaces/shop": namespace()})
    policy = {"metadata": {"name": "default-deny", "namespace": "shop"}}

    assert not close_again(cluster, policy)
    assert close_again(cluster, {**policy, "deleted": True})
    assert [path for _, path, _ in cluster.written] == [POLICIES]


def test_a_refusal_is_an_error():
    class Forbidding(Cluster):
        def request(self, method, path, body=None, content=""):
            raise ApiError("POST: forbidden")

    with pytest.raises(ApiError, match="forbidden"):
        close(Forbidding(), namespace())


def test_the_default_account_loses_its_token_once():
    cluster = Cluster()
    account = {"metadata": {"name": "default", "namespace": "shop"}}

    assert disarm(cluster, account)
    assert not disarm(cluster, {**account, "automountServiceAccountToken": False})
    assert not disarm(cluster, {**account, "deleted": True})
    assert cluster.written == [
        ("PATCH", "/api/v1/namespaces/shop/serviceaccounts/default", {"automountServiceAccountToken": False})
    ]
