"""Kubeconfigs of every kind that a site has, and plain words for the rest."""

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml

from mecctl.engine.kube import config
from mecctl.errors import MecctlError
from tests.support.certificates import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def write(folder: Path, user: dict[str, Any], cluster: dict[str, Any] | None = None) -> Path:
    document = {
        "current-context": "one",
        "contexts": [
            {"name": "one", "context": {"cluster": "c", "user": "u"}},
            {"name": "two", "context": {"cluster": "c", "user": "u", "namespace": "there"}},
        ],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443", **(cluster or {})}}],
        "users": [{"name": "u", "user": user}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return path


def test_a_token_is_sent_as_a_bearer(tmp_path):
    found = config.load(write(tmp_path, {"token": "abc"}))
    assert found.headers == {"Authorization": "Bearer abc"}
    assert found.server == "https://127.0.0.1:6443"
    assert found.namespace == "default"


def test_a_token_file_is_read_beside_the_kubeconfig(tmp_path):
    (tmp_path / "token").write_text("from-file\n")
    assert config.load(write(tmp_path, {"tokenFile": "token"})).headers == {"Authorization": "Bearer from-file"}


def test_another_context_can_be_chosen(tmp_path):
    path = write(tmp_path, {"token": "abc"})
    assert config.load(path, "two").namespace == "there"
    with pytest.raises(MecctlError, match="'three'") as told:
        config.load(path, "three")
    assert "one, two" in str(told.value)


@pytest.mark.parametrize("inline", [True, False])
def test_client_certificates_are_taken_inline_or_from_files(tmp_path, authority, inline):
    pair = authority.issue(f"client-{inline}", "me")
    files = {"client-certificate": pair.certificate, "client-key": pair.key}
    coded = {f"{key}-data": base64.b64encode(path.read_bytes()).decode() for key, path in files.items()}
    user = coded if inline else {key: str(path) for key, path in files.items()}
    found = config.load(write(tmp_path, user, {"certificate-authority": str(authority.certificate)}))
    assert isinstance(found.verify, ssl.SSLContext)
    assert found.verify.verify_mode == ssl.CERT_REQUIRED
    assert [ca["subject"] for ca in found.verify.get_ca_certs()] == [((("commonName", "test authority"),),)]


def test_verification_ends_only_where_the_kubeconfig_says_so(tmp_path):
    found = config.load(write(tmp_path, {}, {"insecure-skip-tls-verify": True}))
    assert isinstance(found.verify, ssl.SSLContext)
    assert found.verify.verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize(
    ("user", "cluster", "said"),
    [
        ({"exec": {"command": "aws"}}, {}, "exec"),
        ({"auth-provider": {"name": "gcp"}}, {}, "auth-provider"),
        ({"client-certificate-data": "!!", "client-key-data": "!!"}, {}, "broken"),
        ({}, {"certificate-authority-data": base64.b64encode(b"nonsense").decode()}, "broken"),
        ({"tokenFile": "missing"}, {}, "can't be read"),
        ({}, {"server": ""}, "no server"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_file(tmp_path, user, cluster, said):
    path = write(tmp_path, user, cluster)
    with pytest.raises(MecctlError, match=said) as told:
        config.load(path)
    assert str(path) in str(told.value)


@pytest.mark.parametrize("text", ["{", "[]", "just text"])
def test_no_kubeconfig_at_all(tmp_path, text):
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(MecctlError, match="kubeconfig"):
        config.load(path)
    with pytest.raises(MecctlError, match="can't be read"):
        config.load(tmp_path / "missing")
