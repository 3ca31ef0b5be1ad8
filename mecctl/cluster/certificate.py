"""A client certificate from the cluster's own authority, by its CertificateSigningRequest API.

The key is made here and goes nowhere; the cluster sees its public half. The signer and its limits are Kubernetes':
kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests (kubernetes.io/kube-apiserver-client).
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from mecctl.engine.kube import KubeClient

Object = dict[str, Any]

SIGNER = "kubernetes.io/kube-apiserver-client"
SIGNED = 60.0
"""Seconds that the cluster gets to sign."""
_API, _KIND = "certificates.k8s.io/v1", "CertificateSigningRequest"


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, both PEM, and when it ends."""

    certificate: bytes
    key: bytes = field(repr=False)
    until: datetime


def issue(client: KubeClient, user: str, group: str, seconds: int) -> Issued:
    """Return a certificate for `user` of `group` that lasts `seconds`, or less where the cluster's authority does.

    Raises MecctlError when the cluster doesn't sign it. Its request is gone from the cluster afterwards, either way.
    """
    from cryptography import x509  # noqa: PLC0415 - takes 50 ms, which only this is worth
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    made = client.create(_request(_signed_request(key, user, group), seconds))
    try:
        _approve(client, made, user)
        certificate = _await(client, made["metadata"]["name"])
    finally:
        client.delete(made)
    until = x509.load_pem_x509_certificate(certificate).not_valid_after_utc
    return Issued(certificate, _private(key), until)


def _signed_request(key: EllipticCurvePrivateKey, user: str, group: str) -> bytes:
    """Return the PKCS #10 request in PEM: Kubernetes takes the user from the subject's CN, its groups from O."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    parts = ((NameOID.ORGANIZATION_NAME, group), (NameOID.COMMON_NAME, user))
    subject = x509.Name([x509.NameAttribute(*part) for part in parts])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _private(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _request(pem: bytes, seconds: int) -> Object:
    return {
        "apiVersion": _API,
        "kind": _KIND,
        "metadata": {"name": f"mecctl-{secrets.token_hex(8)}"},
        "spec": {
            "request": base64.b64encode(pem).decode(),
            "signerName": SIGNER,
            "expirationSeconds": seconds,
            "usages": ["digital signature", "client auth"],
        },
    }


def _approve(client: KubeClient, made: Object, user: str) -> None:
    said = f"mecctl slice kubeconfig, for {user}"
    approved = {"type": "Approved", "status": "True", "reason": "AskedByOperator", "message": said}
    path = f"/apis/{_API}/certificatesigningrequests/{made['metadata']['name']}/approval"
    client.request("PUT", path, body={**made, "status": {"conditions": [approved]}})


def _await(client: KubeClient, name: str) -> bytes:
    """Return the certificate once it is there."""
    for event in client.watch(_API, _KIND, name=name, timeout=SIGNED):
        if event.type == "DELETED":
            raise MecctlError("the request for the certificate was deleted before it was signed", where=name)
        status = event.object.get("status", {})
        if "certificate" in status:
            return base64.b64decode(status["certificate"])
        for condition in status.get("conditions", ()):
            if condition["type"] in ("Denied", "Failed"):
                raise MecctlError("the cluster doesn't sign the certificate", where=name, why=condition.get("message"))
    raise MecctlError(
        f"the cluster did not sign the certificate within {SIGNED:g} s",
        where=name,
        why="its controller manager signs certificates, and either isn't running or has no authority's key",
        fix="see that kube-controller-manager (of K3s: the server) runs, then run the same command again",
    )
