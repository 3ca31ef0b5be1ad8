"""An API server that dies, is slow, refuses, isn't to be trusted: what is told, and that one plain re-run mends it."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from mecctl.engine.engine import Engine
from mecctl.engine.kube import KubeError
from mecctl.engine.run.failures import ProgramError
from mecctl.errors import UnreachableError
from mecctl.plan.progress import Silent
from tests.support.apiserver import running
from tests.support.cases import PASSPHRASE, Case, told, until
from tests.support.controller import giving
from tests.support.proxy import Answer, Proxy, status

pytestmark = pytest.mark.e2e

MANY = """
for number in range(40):
    ConfigMap(f"c{number}", metadata={"namespace": ns, "name": f"c{number}"}, data={"v": config.require("v")})
"""
THREE = """
for name in "abc":
    ConfigMap(name, metadata={"namespace": ns, "name": name}, data={"k": "1"})
"""


def through(case: Case, kubeconfig: Path, source: str = THREE, progress: Silent | None = None) -> Any:
    with Engine(case.state, kubeconfig, PASSPHRASE, progress or Silent()) as engine:
        return engine.up(case.program(source, v="1"))


@pytest.fixture
def proxy(case) -> Iterator[Proxy]:
    with Proxy(case.kubeconfig, case.folder).serving() as proxy:
        yield proxy


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_a_server_killed_in_mid_run_and_started_again(tmp_path, own_api, verb):
    with own_api.client() as client:
        case = Case(tmp_path, own_api.kubeconfig, client, f"killed-{verb}")
        if verb != "create":
            case.up(MANY, v="0")

        class Killing(Silent):
            begun = 0

            def begin(self, *_: object) -> None:
                self.begun += 1
                if self.begun == 20:
                    own_api.server.kill()

        with pytest.raises(UnreachableError, match="can't be reached") as died:
            through(case, own_api.kubeconfig, "" if verb == "delete" else MANY, Killing())
        assert died.value.exit_code == 4
        own_api.restart()
        left = case.names()
        case.up("" if verb == "delete" else MANY, v="1")
        assert len(left) < 40 or verb == "update"
        assert case.names() == (set() if verb == "delete" else {f"c{number}" for number in range(40)})
        assert verb == "delete" or case.up(MANY, v="1").changes == ()
        case.destroy()
        assert case.names() == set()


@pytest.fixture(scope="module")
def own_api(tmp_path_factory):
    """An API that a test may kill."""
    with running(tmp_path_factory.mktemp("own")) as api:
        yield api


def test_a_slow_server_is_waited_for(case, proxy):
    proxy.rule = lambda _method, _path: time.sleep(0.15)
    assert len(through(case, proxy.kubeconfig).changes) == 3


def test_a_busy_server_is_asked_again_after_the_pause_it_names(case, proxy):
    refused: list[float] = []

    def busy(method: str, path: str) -> Answer | None:
        if method != "PATCH" or len(refused) >= 3:
            return None
        refused.append(time.monotonic())
        return status(429, "TooManyRequests", "slow down", **{"Retry-After": "1"})

    proxy.rule = busy
    assert len(through(case, proxy.kubeconfig).changes) == 3
    assert time.monotonic() - refused[0] >= 1
    assert case.up(THREE).changes == ()


def test_a_server_that_fails_at_one_object_fails_only_that(case, proxy):
    broken = status(500, "InternalError", "etcd has no leader")
    proxy.rule = lambda method, path: broken if method == "PATCH" and "/b?" in path else None
    with pytest.raises(ProgramError, match="etcd has no leader") as failed:
        through(case, proxy.kubeconfig)
    assert [failure.label.split()[-1] for failure in failed.value.failures] == ["b"]
    assert case.names() == {"a", "c"}
    assert told(case.up(THREE)) == [("create", "b")]
    assert case.up(THREE).changes == ()


@pytest.mark.parametrize("answer", [status(500, "InternalError", "timed out"), Answer(0)])
def test_what_was_made_without_an_answer_is_found_by_the_next_run(case, proxy, answer):
    proxy.after = lambda method, path: answer if method == "PATCH" and "/b?" in path else None
    with pytest.raises(ProgramError if answer.status else UnreachableError):
        through(case, proxy.kubeconfig)
    assert case.names() == {"a", "b", "c"}
    assert told(case.up("")) == [("delete", "a"), ("delete", "b"), ("delete", "c")]
    assert case.names() == set()


@pytest.mark.parametrize(
    ("issued", "said"),
    [
        ({"days": -3}, r"CN=server\) expired on 20"),
        ({"host": "192.0.2.7"}, "its certificate is for 192.0.2.7, localhost"),
    ],
)
def test_a_servers_certificate_that_is_no_good(case, api_server, issued, said):
    pair = api_server.authority.issue("bad-server", "server", **issued)
    proxy = Proxy(case.kubeconfig, case.folder)
    proxy.with_tls(pair, api_server.authority.certificate)
    with proxy.serving(), pytest.raises(UnreachableError, match=said) as untrusted:
        through(case, proxy.kubeconfig)
    assert "can't be trusted" in str(untrusted.value)


def test_a_server_of_another_authority(case, api_server):
    document = yaml.safe_load(case.kubeconfig.read_text())
    other = type(api_server.authority)(case.folder)
    document["clusters"][0]["cluster"]["certificate-authority"] = str(other.certificate)
    kubeconfig = case.folder / "other"
    kubeconfig.write_text(yaml.safe_dump(document))
    with pytest.raises(UnreachableError, match="which the kubeconfig's authority doesn't vouch for"):
        through(case, kubeconfig)


def as_user(case: Case, api_server: Any, user: dict[str, str]) -> Path:
    document = yaml.safe_load(case.kubeconfig.read_text())
    document["clusters"][0]["cluster"]["certificate-authority"] = str(api_server.authority.certificate)
    document["users"][0]["user"] = user
    kubeconfig = case.folder / "as-user"
    kubeconfig.write_text(yaml.safe_dump(document))
    return kubeconfig


def certified(api_server: Any, name: str, **issued: Any) -> dict[str, str]:
    pair = api_server.authority.issue(name, name, **issued)
    return {"client-certificate": str(pair.certificate), "client-key": str(pair.key)}


def token(**claims: Any) -> str:
    parts = ({"alg": "RS256"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".eA"


def test_credentials_that_are_not_taken_are_told_apart(case, api_server):
    case.up(THREE)
    before = (case.state / ".pulumi/stacks/case/dev.json").read_bytes()
    for user, said in (
        (
            certified(api_server, "late", group="system:masters", days=-3),
            r"client certificate \(CN=late,.* expired on 20",
        ),
        ({"token": token(exp=1_700_000_000)}, "the token in .*as-user expired on 2023-11-14 22:13 UTC"),
        ({"token": "wrong"}, "the server doesn't know the token in .*as-user"),
    ):
        with pytest.raises(KubeError, match=said) as refused:
            through(case, as_user(case, api_server, user), "")
        assert "Unauthorized" in str(refused.value)
        assert "new kubeconfig" in str(refused.value)
    assert (case.state / ".pulumi/stacks/case/dev.json").read_bytes() == before
    assert case.names() == {"a", "b", "c"}


def test_what_a_user_may_not_do_is_told(case, api_server):
    kubeconfig = as_user(case, api_server, certified(api_server, "nobody"))
    with pytest.raises(ProgramError, match='User "nobody" cannot get resource "configmaps"'):
        through(case, kubeconfig)
    assert case.names() == set()


def test_a_namespace_that_does_not_go_tells_what_holds_it(case):
    name = f"{case.ns}-held"
    source = f"""
    Namespace("held", metadata={{"name": "{name}"}},
        opts=ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete="7s")))  # its controller lets 5 pass
    """
    inner = f'ConfigMap("inner", metadata={{"namespace": "{name}", "name": "inner"}})'
    case.up(source)
    metadata = {"name": "holding", "namespace": name, "finalizers": ["example.com/hold"]}
    held = case.client.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    for act in (case.destroy, lambda: case.up(inner)):
        with pytest.raises(ProgramError, match=r"example\.com/hold in 1 resource instances") as stuck:
            act()
    assert f"the namespace {name} is being deleted" in str(stuck.value)
    path = f"/api/v1/namespaces/{name}/configmaps/holding"
    patch = {"Content-Type": "application/merge-patch+json"}
    case.client.request("PATCH", path, body={"metadata": {"finalizers": None}}, headers=patch)
    case.client.wait_gone(held, 10)
    assert len(case.destroy().changes) <= 1
    assert case.destroy().changes == ()


def hook(case: Case, api_server: Any, **client_config: Any) -> dict[str, Any]:
    """A webhook that is asked about every ConfigMap of the case's namespace; returns once it is in force."""
    authority = base64.b64encode(api_server.authority.certificate.read_bytes()).decode()
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}
    made = case.client.create(
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": case.ns},
            "webhooks": [
                {
                    "name": "check.example.com",
                    "clientConfig": {"caBundle": authority, **client_config},
                    "rules": [rule],
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": case.ns}},
                    "sideEffects": "None",
                    "timeoutSeconds": 2,
                    "admissionReviewVersions": ["v1"],
                }
            ],
        }
    )
    probe = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "probe", "namespace": case.ns}}

    def refuses() -> bool:
        try:
            case.client.apply(probe, dry_run=True)
        except KubeError:
            return True
        return False

    until(refuses)
    return made


class Denying(BaseHTTPRequestHandler):
    """A webhook that says no."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        response = {"uid": asked["request"]["uid"], "allowed": False, "status": {"message": "no maps on Mondays"}}
        body = json.dumps(
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_webhook_that_denies_is_quoted_and_one_that_is_away_is_named(case, api_server):
    pair = api_server.authority.issue("webhook", "webhook")
    with ThreadingHTTPServer(("127.0.0.1", 0), Denying) as server:
        server.socket = pair.serving(server.socket)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        made = hook(case, api_server, url=f"https://127.0.0.1:{server.server_port}/")
        for act in (case.preview, case.up):
            with pytest.raises(ProgramError, match="no maps on Mondays"):
                act(THREE)
        server.shutdown()
        thread.join()
    with pytest.raises(ProgramError, match=r"failed calling webhook \"check.example.com\""):
        case.up(THREE)
    case.client.delete(made, wait=10)
    until(lambda: _goes(case))
    assert case.names() == {"a", "b", "c"}
    assert case.up(THREE).changes == ()


def _goes(case: Case) -> bool:
    try:
        case.up(THREE)
    except ProgramError:
        return False
    return True


def test_a_server_killed_while_an_object_becomes_ready(tmp_path, own_api):
    """There are no controllers here, so that the claim stays unbound until the test says otherwise."""
    source = """
    k8s.core.v1.PersistentVolumeClaim("c", metadata={"namespace": ns, "name": "c"}, spec={"storage_class_name": "none",
        "access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}})
    """
    with own_api.client() as client:
        case = Case(tmp_path, own_api.kubeconfig, client, "killed-waiting")

        class Killing(Silent):
            def advance(self, *_: object) -> None:
                own_api.server.kill()

        with pytest.raises(UnreachableError):
            through(case, own_api.kubeconfig, source, Killing())
        own_api.restart()
        with giving(case, {"phase": "Bound"}, "PersistentVolumeClaim"):
            assert told(case.up(source)) in ([], [("update", "c")])
        assert case.up(source).changes == ()
        assert case.names("PersistentVolumeClaim") == {"c"}
