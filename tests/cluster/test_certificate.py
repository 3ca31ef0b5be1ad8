"""Certificates from the cluster's authority, by an API that signs, refuses or stays silent."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from mecctl.cluster.certificate import SIGNER, issue
from mecctl.errors import MecctlError
from tests.support.certificates import Authority

GROUP = "mecctl:slice-2:viewer"
USER = f"{GROUP}:ann:5eed5eed"


class Api:
    """The certificates API; `status` is what becomes of a request that is approved, None for a real certificate."""

    def __init__(self, folder: Path, status: dict[str, Any] | None = None) -> None:
        self.authority = Authority(folder)
        self.status = status
        self.created: list[dict[str, Any]] = []
        self.approved: list[dict[str, Any]] = []
        self.deleted: list[str] = []

    def create(self, obj: dict[str, Any]) -> dict[str, Any]:
        self.created.append(obj)
        return {**obj, "metadata": {**obj["metadata"], "uid": "1", "resourceVersion": "1"}}

    def request(self, method: str, path: str, body: dict[str, Any]) -> None:
        name = self.created[0]["metadata"]["name"]
        assert (method, path) == (
            "PUT",
            f"/apis/certificates.k8s.io/v1/certificatesigningrequests/{name}/approval",
        )
        assert body["metadata"]["resourceVersion"] == "1"
        self.approved += body["status"]["conditions"]

    def watch(self, *_: str, name: str, **__: float) -> Any:
        assert name == self.created[0]["metadata"]["name"]
        yield SimpleNamespace(type="ADDED", object={"status": {"conditions": self.approved}})
        yield SimpleNamespace(type="SYNCED", object={})
        if self.status is not None:
            yield SimpleNamespace(type="MODIFIED", object={"status": self.status})
            return
        spec = self.created[0]["spec"]
        signed = self.authority.sign(base64.b64decode(spec["request"]), spec["expirationSeconds"])
        yield SimpleNamespace(type="MODIFIED", object={"status": {"certificate": base64.b64encode(signed).decode()}})

    def delete(self, obj: dict[str, Any]) -> None:
        self.deleted.append(obj["metadata"]["name"])


def ask(api: Any) -> Any:
    return issue(api, USER, GROUP, 3600)


def test_a_certificate_is_the_persons_and_the_groups(tmp_path):
    api = Api(tmp_path)
    issued = ask(api)

    certificate = x509.load_pem_x509_certificate(issued.certificate)
    key = serialization.load_pem_private_key(issued.key, None)
    named = {part.oid: part.value for part in certificate.subject}
    assert named == {NameOID.COMMON_NAME: USER, NameOID.ORGANIZATION_NAME: GROUP}
    assert certificate.public_key() == key.public_key()
    assert abs(issued.until - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)


def test_the_cluster_is_asked_for_no_more_than_that(tmp_path):
    api = Api(tmp_path)
    issued = ask(api)

    (asked,) = api.created
    assert asked["spec"] | {"request": ""} == {
        "request": "",
        "signerName": SIGNER,
        "expirationSeconds": 3600,
        "usages": ["digital signature", "client auth"],
    }
    assert [(one["type"], one["status"], USER in one["message"]) for one in api.approved] == [
        ("Approved", "True", True)
    ]
    assert b"PRIVATE" not in base64.b64decode(asked["spec"]["request"])
    assert "PRIVATE" not in repr(issued)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"conditions": [{"type": "Denied", "message": "no"}]}, "doesn't sign the certificate\n  because: no"),
        ({"conditions": [{"type": "Failed", "message": "no key"}]}, "doesn't sign the certificate\n  because: no key"),
        ({}, "did not sign the certificate within 60 s"),
    ],
)
def test_a_request_that_is_not_signed_says_so_and_goes(tmp_path, status, said):
    api = Api(tmp_path, status)

    with pytest.raises(MecctlError, match="certificate") as refused:
        ask(api)
    assert said in str(refused.value)
    assert api.deleted == [api.created[0]["metadata"]["name"]]


def test_a_request_that_is_signed_goes_too(tmp_path):
    api = Api(tmp_path)
    ask(api)

    assert api.deleted == [api.created[0]["metadata"]["name"]]
