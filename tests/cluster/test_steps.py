"""All of the lab site's API objects on a real API server, whose controllers run and whose kubelets are hollow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mecctl.cluster.steps import Cluster
from mecctl.engine.kube import KubeClient, KubeError
from mecctl.errors import UnreachableError
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load
from tests.cluster.hollow import kubelets
from tests.stacks.rendering import full_site
from tests.support.apiserver import ApiServer

pytestmark = pytest.mark.e2e

LAB = Path(__file__).parents[2] / "inventories" / "lab"
VIDEO = "slice-1-0000a1"
MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture(scope="module")
def api(api_server: ApiServer) -> Iterator[ApiServer]:
    with kubelets(api_server):
        yield api_server


@pytest.fixture(scope="module")
def client(api: ApiServer) -> Iterator[KubeClient]:
    with api.client() as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    return SiteFolder(tmp_path_factory.mktemp("site"), load(LAB).site)


@pytest.fixture(scope="module")
def first(folder: SiteFolder, api: ApiServer) -> Any:
    """What the plan of an empty cluster says, and what applying it then does."""
    cluster = Cluster(folder, api.kubeconfig, Silent())
    return set(cluster.plan()), set(cluster.apply())


@pytest.fixture
def cluster(folder: SiteFolder, api: ApiServer, first: Any) -> Cluster:
    return Cluster(folder, api.kubeconfig, Silent())


def told(changes: Any) -> list[tuple[str, str]]:
    return [(change.action, change.subject) for change in changes]


def test_the_first_plan_is_what_is_done(first):
    planned, done = first

    assert planned == done
    assert {subject.split(":")[0] for _, subject in told(done)} == {"platform", "slices", "workloads"}


def test_nothing_is_left_to_do(cluster):
    assert cluster.plan() == ()
    assert cluster.apply() == ()


def test_no_pod_of_a_slice_gets_a_token_unasked(client, first):
    assert client.get("v1", "ServiceAccount", "default", VIDEO)["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    ("path", "edit", "subject"),
    [
        (
            f"/apis/networking.k8s.io/v1/namespaces/{VIDEO}/networkpolicies/default-deny",
            {"spec": {"policyTypes": ["Egress"]}},
            f"slices: networking.k8s.io/v1/NetworkPolicy {VIDEO}/default-deny",
        ),
        (
            f"/apis/apps/v1/namespaces/{VIDEO}/deployments/cache",
            {"spec": {"replicas": 1}},
            f"workloads: apps/v1/Deployment {VIDEO}/cache",
        ),
        (
            f"/api/v1/namespaces/{VIDEO}/serviceaccounts/default",
            {"automountServiceAccountToken": True},
            f"slices: v1/ServiceAccount {VIDEO}/default",
        ),
    ],
)
def test_an_edit_behind_its_back_is_planned_and_undone(cluster, client, path, edit, subject):
    client.request("PATCH", path, params={"fieldManager": "kubectl-edit"}, body=edit, headers=MERGE)

    assert told(cluster.plan()) == [("update", subject)]
    assert told(cluster.apply()) == [("update", subject)]
    assert cluster.plan() == ()


def test_what_is_deleted_behind_its_back_comes_back(cluster, client):
    client.delete(client.get("v1", "Service", "cache", VIDEO))

    assert told(cluster.plan()) == told(cluster.apply()) == [("create", f"workloads: v1/Service {VIDEO}/cache")]


def test_a_workload_that_leaves_the_site_leaves_the_cluster(folder, api, cluster):
    spec = folder.site.spec
    less = folder.site.model_copy(update={"spec": spec.model_copy(update={"workloads": spec.workloads[:1]})})
    smaller = Cluster(SiteFolder(folder.path, less), api.kubeconfig, Silent())
    gone = [
        ("delete", "workloads: apps/v1/Deployment slice-2-0000b2/control"),
        ("delete", "workloads: v1/Service slice-2-0000b2/control"),
    ]

    assert sorted(told(smaller.plan())) == gone
    assert sorted(told(smaller.apply())) == gone
    assert {action for action, _ in told(cluster.apply())} == {"create"}


def test_the_status_is_the_clusters(cluster, folder):
    status = cluster.status()

    assert [part.ready for part in status.slices] == [True, True]
    assert [(work.name, work.ready, work.replicas) for work in status.workloads] == [
        ("cache", True, 2),
        ("control", True, 1),
    ]
    assert [node.reason for node in status.nodes] == ["it has not joined the cluster"] * 2


def test_pod_security_refuses_a_careless_pod_in_a_slice(client, first):
    container = {"name": "main", "image": "mecctl.io/web:1"}
    pod = {"metadata": {"name": "bad", "namespace": VIDEO}, "spec": {"containers": [container]}}

    with pytest.raises(KubeError, match="restricted"):
        client.create({"apiVersion": "v1", "kind": "Pod", **pod})


def test_destroy_leaves_nothing(cluster, client):
    gone = told(cluster.destroy())

    assert ("delete", f"slices: v1/Namespace {VIDEO}") in gone
    assert {action for action, _ in gone} == {"delete"}
    names = {namespace["metadata"]["name"] for namespace in client.list("v1", "Namespace")}
    assert not [name for name in names if name.startswith(("slice-", "mecctl-"))]


def test_a_site_without_a_cluster_is_unreachable(tmp_path):
    with pytest.raises(UnreachableError, match="lab has no cluster yet"):
        Cluster(SiteFolder(tmp_path, full_site()), tmp_path / "kubeconfig", Silent()).plan()
