"""The lab's slices on a real API: what each role may do there, and what nobody may."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from mecctl.cluster.certificate import Issued
from mecctl.cluster.stacks import SLICES, programs
from mecctl.cluster.tenants import invite, kubeconfig, user_name
from mecctl.engine.engine import Engine
from mecctl.engine.kube import KubeClient, KubeError
from mecctl.errors import MecctlError
from mecctl.model import TENANT_ROLES, TenantRole
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load
from stacks.components.admission import POLICIES
from tests.stacks.rendering import full_site
from tests.support import tenants
from tests.support.apiserver import ApiServer

LAB = Path(__file__).parents[2] / "inventories" / "lab"
OWN, OTHER, OTHER_CLASS = "slice-1-0000a1", "slice-2-0000b2", "mec-5qi-82"
ADMIN: dict[str, Any] = {
    "clusters": [
        {"name": "lab", "cluster": {"server": "https://10.0.0.1:6443", "certificate-authority-data": "Y2E=", "x": 1}}
    ],
    "contexts": [{"name": "admin@lab", "context": {"cluster": "lab", "user": "admin"}}],
    "users": [{"name": "admin", "user": {"client-key-data": "c2VjcmV0"}}],
    "current-context": "admin@lab",
}
ISSUED = Issued(b"certificate", b"key", datetime(2026, 11, 26, tzinfo=UTC))


def test_a_kubeconfig_has_nothing_of_the_administrators():
    part = full_site().slice("video")
    made = kubeconfig(ADMIN, part, "mecctl:x", ISSUED)

    assert "c2VjcmV0" not in yaml.safe_dump(made)
    assert made["clusters"][0]["cluster"] == {
        "server": "https://10.0.0.1:6443",
        "certificate-authority-data": "Y2E=",
    }
    assert made["contexts"][0]["context"] == {"cluster": "video", "user": "mecctl:x", "namespace": "slice-1-0000a1"}
    assert base64.b64decode(made["users"][0]["user"]["client-key-data"]) == b"key"


@pytest.mark.parametrize("who", ["ann", "ann:system:masters", "", "Änne\n" * 50])
def test_a_user_is_named_after_the_person_and_the_certificate(who):
    name = user_name("mecctl:slice-255-ffffff:deployer", who)

    assert name.startswith("mecctl:slice-255-ffffff:deployer:")
    assert name.count(":") == 4
    assert name.isascii()
    assert name.isprintable()
    assert len(name) <= 64
    assert name != user_name("mecctl:slice-255-ffffff:deployer", who)


def test_a_slice_that_is_not_on_the_cluster_yet(tmp_path):
    def missing(*_: str) -> None:
        raise KubeError(404, "NotFound", "not found")

    client: Any = SimpleNamespace(get=missing)
    site = full_site()
    with pytest.raises(MecctlError, match="slice video has no role viewer on the cluster yet") as refused:
        invite(client, SiteFolder(tmp_path, site), site.slice("video"), "viewer", 600, "ann", tmp_path / "out")
    assert refused.value.fix == "mecctl site up lab"
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def admin(api_server: ApiServer) -> Iterator[KubeClient]:
    with api_server.client() as client:
        yield client


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, api_server: ApiServer) -> SiteFolder:
    """The lab's site, its slices on the API."""
    made = SiteFolder(tmp_path_factory.mktemp("site"), load(LAB).site)
    document = yaml.safe_load(api_server.kubeconfig.read_text())
    authority = base64.b64encode(api_server.authority.certificate.read_bytes()).decode()
    (cluster,) = document["clusters"]
    cluster["cluster"] = {"server": cluster["cluster"]["server"], "certificate-authority-data": authority}
    made.state.mkdir()
    (made.state / "kubeconfig").write_text(yaml.safe_dump(document))
    (program,) = (one for one in programs(made.site) if one.project == SLICES)
    with Engine(made.path / "state", api_server.kubeconfig, "passphrase", Silent()) as engine:
        engine.up(program)
        assert engine.preview(program).changes == ()
    return made


@pytest.fixture(scope="module")
def people(folder: SiteFolder, admin: KubeClient) -> Iterator[dict[TenantRole, KubeClient]]:
    """One client a role, of slice embb, by certificates that the cluster signed."""
    clients = {}
    for role in TENANT_ROLES:
        path = folder.path / f"{role}.kubeconfig"
        tenant = invite(admin, folder, folder.site.slice("embb"), role, 600, "ann", path)
        assert timedelta(minutes=9) < tenant.until - datetime.now(UTC) <= timedelta(minutes=10)
        assert path.stat().st_mode & 0o777 == 0o600
        clients[role] = KubeClient.from_kubeconfig(path)
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def treasure(admin: KubeClient, folder: SiteFolder) -> None:
    for namespace in (OWN, OTHER):
        metadata = {"name": "treasure", "namespace": namespace}
        admin.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"gold": "1"}})
    until_in_force(admin)


def until_in_force(admin: KubeClient) -> None:
    """Wait for the policies: the API server reads them anew every second, and tells nobody."""
    end = datetime.now(UTC) + timedelta(seconds=30)
    while not tenants.in_force(admin, OWN):
        assert datetime.now(UTC) < end
        admin.stop.pause(0.1)


@pytest.mark.e2e
def test_the_policies_are_there_before_any_namespace(folder):
    state = json.loads((folder.path / "state" / ".pulumi" / "stacks" / "slices" / "lab.json").read_text())
    resources = state["checkpoint"]["latest"]["resources"]
    kinds = {one["urn"]: one["type"].rpartition(":")[2] for one in resources}
    slices = [one for one in resources if one["urn"].endswith(("::embb-namespace", "::urllc-namespace"))]

    assert len(slices) == 2
    for one in slices:
        found = Counter(kinds[urn] for urn in one["dependencies"])
        assert found["ValidatingAdmissionPolicy"] == found["ValidatingAdmissionPolicyBinding"] == 3
        assert found["ClusterRole"] == 3


@pytest.mark.e2e
def test_the_cluster_finds_no_fault_with_the_policies_types(folder, admin):
    left = {f"mecctl-slice-{resource}" for resource in POLICIES}
    for event in admin.watch("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", timeout=30):
        status = event.object.get("status", {})
        if "observedGeneration" in status:
            assert status["typeChecking"].get("expressionWarnings", []) == []
            left -= {event.object["metadata"]["name"]}
        if not left:
            break

    assert left == set()


@pytest.mark.e2e
def test_no_request_for_a_certificate_stays(people, admin):
    assert admin.list("certificates.k8s.io/v1", "CertificateSigningRequest") == []


@pytest.mark.e2e
@pytest.mark.parametrize("role", TENANT_ROLES)
def test_a_role_may_do_what_the_guide_says_and_nothing_else(people, admin, role):
    everything = {(*one, verb) for one in tenants.resources(admin) for verb in tenants.VERBS}
    promised = tenants.promised()[role]
    assert promised <= everything

    anybody = tenants.allowed(people[role], None, everything)
    assert {verb for _, _, verb in anybody} <= {"create"}
    assert {resource for _, resource, _ in anybody} <= {
        "selfsubjectaccessreviews",
        "selfsubjectreviews",
        "selfsubjectrulesreviews",
    }
    assert tenants.allowed(people[role], OWN, everything) == promised | anybody
    assert tenants.allowed(people[role], OTHER, everything) == anybody
    assert tenants.allowed(people[role], "kube-system", everything) == anybody


TRIES = tenants.tries(OWN, OTHER, OTHER_CLASS)


@pytest.mark.e2e
@pytest.mark.parametrize("attempt", TRIES, ids=[one.name for one in TRIES])
def test_what_an_admin_is_refused(people, treasure, attempt):
    said = attempt.refusal(people["admin"])

    assert said.startswith("403 ")
    assert attempt.says in said


@pytest.mark.e2e
@pytest.mark.parametrize("role", ["viewer", "deployer"])
def test_so_are_the_others(people, treasure, role):
    assert [one.name for one in TRIES if not one.refusal(people[role]).startswith("403 ")] == []


@pytest.mark.e2e
def test_a_viewer_reads_no_secrets_and_a_deployer_its_own(people, treasure):
    with pytest.raises(KubeError, match="forbidden"):
        people["viewer"].get("v1", "Secret", "treasure")
    assert people["deployer"].get("v1", "Secret", "treasure")["metadata"]["namespace"] == OWN


@pytest.mark.e2e
def test_a_pod_of_the_slices_own_is_admitted_and_takes_on_nothing_later(people, treasure):
    own = {"key": "mec.io/slice", "operator": "Equal", "value": OWN.removeprefix("slice-"), "effect": "NoSchedule"}
    admitted = people["deployer"].create(tenants.pod("mine", OWN, tolerations=[own]))
    added = [*admitted["spec"]["tolerations"], {"operator": "Exists"}]
    path = f"/api/v1/namespaces/{OWN}/pods/mine"

    with pytest.raises(KubeError, match="tolerates no taint"):
        people["deployer"].request(
            "PATCH",
            path,
            body={"spec": {"tolerations": added}},
            headers={"Content-Type": "application/merge-patch+json"},
        )
    people["deployer"].delete(admitted)


@pytest.mark.e2e
def test_a_workload_whose_pods_are_refused_says_why(people, treasure):
    template = tenants.pod("", OWN, tolerations=[{"operator": "Exists"}])["spec"]
    labels = {"app": "bad"}
    made = people["deployer"].create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "bad"},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": template},
            },
        }
    )
    told = people["viewer"].watch("v1", "Event", OWN, timeout=30)
    said = next(one.object["message"] for one in told if one.object.get("reason") == "FailedCreate")

    people["deployer"].delete(made)
    assert "ValidatingAdmissionPolicy 'mecctl-slice-pods'" in said
    assert "tolerates no taint" in said


@pytest.mark.e2e
def test_a_slice_with_a_class_may_use_it(admin, treasure):
    resources = {"limits": {"cpu": "10m", "memory": "16Mi"}}
    made = tenants.pod("urgent", OTHER, priorityClassName=OTHER_CLASS)
    made["spec"]["containers"][0]["resources"] = resources

    admin.delete(admin.create(made))


@pytest.mark.e2e
def test_an_admin_hands_on_what_an_admin_may(people, treasure):
    api = "rbac.authorization.k8s.io"
    subjects = [{"kind": "ServiceAccount", "name": "robot", "namespace": OWN}]
    ref = {"apiGroup": api, "kind": "ClusterRole", "name": "mecctl-slice-deployer"}
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
    made = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}},
        {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": {"name": "robot"}, "rules": [rule]},
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "robot"},
            "roleRef": ref,
            "subjects": subjects,
        },
    ]
    for one in made:
        with pytest.raises(KubeError, match="forbidden"):
            people["deployer"].create(one)
        people["admin"].delete(people["admin"].create(one))


@pytest.mark.e2e
def test_an_account_of_one_slice_is_nobody_in_another(folder, admin, treasure):
    path = f"/api/v1/namespaces/{OTHER}/serviceaccounts/default/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = admin.request("POST", path, body=asked)["status"]["token"]

    with KubeClient.from_kubeconfig(tenants.with_token(folder.state / "kubeconfig", token)) as other:
        with pytest.raises(KubeError, match=f"system:serviceaccount:{OTHER}:default.*cannot get") as refused:
            other.get("v1", "Secret", "treasure", OWN)
        assert refused.value.status == 403


@pytest.mark.e2e
def test_a_certificate_that_has_ended_opens_nothing(folder, api_server, treasure):
    group = f"mecctl:{OWN}:admin"
    refused = {}
    for days in (1, -1):
        pair = api_server.authority.issue(f"tenant{days}", f"{group}:ann:0", group, days=days)
        issued = Issued(pair.certificate.read_bytes(), pair.key.read_bytes(), datetime.now(UTC))
        admin = yaml.safe_load((folder.state / "kubeconfig").read_text())
        path = folder.path / f"tenant{days}.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(yaml.safe_dump(kubeconfig(admin, folder.site.slice("embb"), "ann", issued)))
        with KubeClient.from_kubeconfig(path) as client:
            try:
                client.get("v1", "Secret", "treasure")
            except KubeError as error:
                refused[days] = error.status

    assert refused == {-1: 401}
