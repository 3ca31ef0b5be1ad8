"""A slice's people on a real site: what their kubeconfigs do, and all that they must not do."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from mecctl.engine.kube import KubeClient, KubeError
from mecctl.engine.kube.config import load
from mecctl.engine.readiness.wait import wait
from mecctl.model import TENANT_ROLES, TenantRole
from tests.support import tenants
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e

OWN, OTHER, OTHER_CLASS = "slice-1-0000a1", "slice-2-0000b2", "mec-5qi-82"
TRIES = tenants.tries(OWN, OTHER, OTHER_CLASS)


def secret(namespace: str) -> dict[str, Any]:
    metadata = {"name": "treasure", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"gold": "1"}}


@pytest.fixture(scope="module")
def admin(sliced: LiveSite) -> Iterator[KubeClient]:
    with KubeClient.from_kubeconfig(sliced.folder.state / "kubeconfig") as client:
        made = [client.create(secret(namespace)) for namespace in (OWN, OTHER)]
        yield client
        for one in made:
            client.delete(one)


@pytest.fixture(scope="module")
def given(sliced: LiveSite, admin: KubeClient) -> dict[TenantRole, dict[str, Any]]:
    """What `slice kubeconfig` said for each role of slice embb."""
    said: dict[TenantRole, dict[str, Any]] = {}
    for role in TENANT_ROLES:
        options = ["--role", role, "--ttl", "10m", "--user", "ann", "-o", "json"]
        ended = sliced.mecctl("slice", "kubeconfig", "embb", *options)
        assert ended.code == 0, ended.err
        said[role] = ended.json
    return said


@pytest.fixture(scope="module")
def people(given: dict[TenantRole, dict[str, Any]]) -> Iterator[dict[TenantRole, KubeClient]]:
    clients = {role: KubeClient.from_kubeconfig(Path(one["kubeconfig"])) for role, one in given.items()}
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def web(people: dict[TenantRole, KubeClient]) -> Iterator[dict[str, Any]]:
    """A deployer's own workload, ready."""
    labels = {"app.kubernetes.io/name": "mine"}
    pod = tenants.pod("", OWN)["spec"]
    pod["containers"][0] |= {
        "image": "mecctl.io/python:1",
        "command": ["python3", "-u", "-m", "http.server", "8080", "--directory", "/run"],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
    }
    made = people["deployer"].create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "mine"},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        }
    )
    yield wait(people["deployer"], made, 90, lambda _: None)
    people["deployer"].delete(made)


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_a_certificate_is_for_that_long_and_in_a_file_of_ones_own(given, role):
    path, ends = Path(given[role]["kubeconfig"]), datetime.fromisoformat(given[role]["validUntil"])
    certificate = x509.load_pem_x509_certificate(load(path).credential.material)

    assert path.stat().st_mode & 0o777 == 0o600
    assert certificate.not_valid_after_utc == ends
    assert timedelta(0) < ends - datetime.now(UTC) <= timedelta(minutes=10)
    assert given[role]["group"] == f"mecctl:{OWN}:{role}"
    assert given[role]["user"].startswith(f"mecctl:{OWN}:{role}:ann:")


def test_no_request_for_a_certificate_stays(given, admin):
    requests = admin.list("certificates.k8s.io/v1", "CertificateSigningRequest")

    assert [one["metadata"]["name"] for one in requests if one["metadata"]["name"].startswith("mecctl-")] == []


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_a_role_may_do_what_the_guide_says_and_nothing_else(people, role):
    """All that the guide names is tried; tests/cluster/test_tenants.py tries all that an API serves."""
    named = {(group, resource) for group, resource, _ in tenants.promised()["admin"]} | set(tenants.HIDDEN)
    everything = {(*one, verb) for one in named for verb in tenants.VERBS}

    assert tenants.allowed(people[role], OWN, everything) == tenants.promised()[role]
    for namespace in (OTHER, "kube-system", None):
        assert tenants.allowed(people[role], namespace, everything) == set()


@pytest.mark.parametrize("attempt", TRIES, ids=[one.name for one in TRIES])
def test_what_an_admin_is_refused(people, attempt):
    said = attempt.refusal(people["admin"])

    assert said.startswith("403 ")
    assert attempt.says in said


@pytest.mark.parametrize("role", ["viewer", "deployer"])
def test_so_are_the_others(people, role):
    assert [one.name for one in TRIES if not one.refusal(people[role]).startswith("403 ")] == []


def test_a_deployer_runs_a_workload_that_gets_ready(web):
    assert web["status"]["readyReplicas"] == 1


def test_it_is_worked_with_by_kubectl(sliced, given, web):
    """The kubeconfig is one for kubectl: a viewer reads the logs, a deployer gets in, a viewer doesn't."""
    for role in ("viewer", "deployer"):
        text = Path(given[role]["kubeconfig"]).read_text()
        sliced.on("edge-1", f"umask 077; cat > /run/{role}.yaml <<'END'\n{text}\nEND\n")
    run = "kubectl --kubeconfig /run/{role}.yaml {words}"

    assert "GET / HTTP" in sliced.on("edge-1", run.format(role="viewer", words="logs deployment/mine"))
    assert "mine" in sliced.on("edge-1", run.format(role="viewer", words="get pods --no-headers"))
    shell = "exec deployment/mine -- /bin/sh -c 'echo in'"
    assert sliced.on("edge-1", run.format(role="deployer", words=shell)) == "in\n"
    refused = sliced.on("edge-1", run.format(role="viewer", words=f"{shell} 2>&1 || true"))
    assert 'cannot create resource "pods/exec"' in refused or 'cannot get resource "pods/exec"' in refused


def test_a_viewer_reads_no_secrets_and_a_deployer_its_own(people):
    with pytest.raises(KubeError, match="forbidden"):
        people["viewer"].get("v1", "Secret", "treasure")
    assert people["deployer"].get("v1", "Secret", "treasure")["metadata"]["namespace"] == OWN


def test_an_account_of_one_slice_is_nobody_in_another(sliced, admin):
    path = f"/api/v1/namespaces/{OTHER}/serviceaccounts/default/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = admin.request("POST", path, body=asked)["status"]["token"]

    with KubeClient.from_kubeconfig(tenants.with_token(sliced.folder.state / "kubeconfig", token)) as other:
        with pytest.raises(KubeError, match=f"system:serviceaccount:{OTHER}:default") as refused:
            other.get("v1", "Secret", "treasure", OWN)
        assert refused.value.status == 403


def test_the_probe_still_gets_in(sliced, web):
    ended = sliced.mecctl("slice", "probe", "--only", "isolation", "-o", "json")

    assert ended.code == 0, ended.out + ended.err


def test_who_loses_the_role_is_out_at_once_and_up_brings_it_back(sliced, admin, people):
    binding = admin.get("rbac.authorization.k8s.io/v1", "RoleBinding", "mecctl-slice-viewer", OWN)
    admin.delete(binding)
    end = time.monotonic() + 10
    while not tenants.Try("pods", "GET", f"/api/v1/namespaces/{OWN}/pods", None, "").refusal(people["viewer"]):
        assert time.monotonic() < end
        admin.stop.pause(0.1)

    ended = sliced.up()
    assert ended.changes() == {
        (f"slices: rbac.authorization.k8s.io/v1/RoleBinding {OWN}/mecctl-slice-viewer", "create")
    }
    assert people["viewer"].list("v1", "Pod", OWN)


def test_a_slice_that_is_not_there_yet(sliced):
    sliced.edit("  workloads:\n", "    - {name: later, snssai: {sst: 9}}\n  workloads:\n")
    ended = sliced.mecctl("slice", "kubeconfig", "later")
    sliced.edit("    - {name: later, snssai: {sst: 9}}\n", "")

    assert ended.code == 1
    assert "slice later has no role viewer on the cluster yet" in ended.err
