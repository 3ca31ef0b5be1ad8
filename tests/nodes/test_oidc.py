"""What an API server is told of the site's identity provider, and that a real one lets in who the provider knows."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mecctl.engine.kube import KubeClient, KubeError
from mecctl.nodes.oidc import authenticators
from mecctl.sitefile import SiteFolder
from tests.stacks.rendering import site
from tests.support.apiserver import ApiServer, running
from tests.support.certificates import Authority
from tests.support.tenants import with_token

KUBERNETES = {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}}
OIDC = {"issuer": "https://login.example.org", "clientID": "mec"}


def told(folder: Path, **oidc: Any) -> list[dict[str, Any]]:
    given = {**OIDC, **oidc} if oidc else None
    return authenticators(SiteFolder(folder, site(kubernetes={**KUBERNETES, "oidc": given})))


def test_no_provider_no_authenticator(tmp_path):
    assert told(tmp_path) == []


def test_a_provider(tmp_path):
    (tmp_path / "ca.pem").write_text("PEM\n")

    assert told(tmp_path, caFile="ca.pem", usernameClaim="email", groupsPrefix="idp:") == [
        {
            "issuer": {
                "url": "https://login.example.org",
                "audiences": ["mec"],
                "certificateAuthority": "PEM\n",
            },
            "claimMappings": {
                "username": {"claim": "email", "prefix": "oidc:"},
                "groups": {"claim": "groups", "prefix": "idp:"},
            },
        }
    ]


def test_without_a_file_the_servers_system_is_trusted(tmp_path):
    (one,) = told(tmp_path, usernameClaim="sub")

    assert "certificateAuthority" not in one["issuer"]


class Provider:
    """An identity provider on the loopback: its discovery document, its key, and tokens for anybody."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._key = rsa.generate_private_key(65537, 2048)

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "response_types_supported": ["id_token"]}
        public = self._key.public_key().public_numbers()
        modulus, exponent = (_coded(n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (public.n, public.e))
        return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": modulus, "e": exponent}]}

    def token(self, **claims: Any) -> str:
        """Return a JSON web token (RFC 7519) that lasts an hour."""
        now = int(time.time())
        head = {"alg": "RS256", "kid": "1", "typ": "JWT"}
        body = {"iss": self.url, "aud": "mec", "iat": now, "exp": now + 3600, **claims}
        signed = ".".join(_coded(json.dumps(part).encode()) for part in (head, body))
        return f"{signed}.{_coded(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def serving(authority: Authority) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(made.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = authority.issue("provider", "provider").serving(server.socket)
        made = Provider(f"https://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, Path]]:
    folder = tmp_path_factory.mktemp("provider")
    with serving(Authority(folder)) as made:
        yield made, folder


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, provider: tuple[Provider, Path]) -> Iterator[ApiServer]:
    """An API server that is told of the provider as a site's is."""
    made, trust = provider
    folder = tmp_path_factory.mktemp("api")
    config = {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "jwt": told(trust, issuer=made.url, caFile="ca.crt"),
    }
    (folder / "authentication.yaml").write_text(yaml.safe_dump(config))
    with running(folder, flags=[f"--authentication-config={folder / 'authentication.yaml'}"]) as server:
        yield server


def identity(api: ApiServer, token: str) -> tuple[str, set[str]]:
    """Return the user and groups that the API server sees; it takes a moment to fetch the provider's keys."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    end = time.monotonic() + 30
    with KubeClient.from_kubeconfig(with_token(api.kubeconfig, token)) as client:
        while True:
            try:
                answer = client.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body=review)
            except KubeError as error:
                if error.status != 401 or time.monotonic() > end:
                    raise
                client.stop.pause(0.2)
            else:
                found = answer["status"]["userInfo"]
                return found["username"], set(found["groups"])


@pytest.mark.e2e
def test_an_api_server_knows_whom_the_provider_knows(api, provider):
    mine = provider[0].token(sub="ann", groups=["mecctl:slice-1-0000a1:deployer", "system:masters"])

    assert identity(api, mine) == (
        "oidc:ann",
        {"oidc:mecctl:slice-1-0000a1:deployer", "oidc:system:masters", "system:authenticated"},
    )


@pytest.mark.e2e
@pytest.mark.parametrize("claims", [{"aud": "others"}, {"exp": 1}, {"iss": "https://other.example"}])
def test_a_token_that_is_not_for_this_cluster_now_opens_nothing(api, provider, claims):
    identity(api, provider[0].token(sub="ann"))  # the keys are there

    with KubeClient.from_kubeconfig(with_token(api.kubeconfig, provider[0].token(sub="ann", **claims))) as client:
        with pytest.raises(KubeError) as refused:
            client.request("GET", "/api")
        assert refused.value.status == 401
