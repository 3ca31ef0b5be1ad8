"""Why a server's certificate isn't trusted, in words that name the certificate."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509

_EXPIRED, _NOT_YET = 10, 9  # X509_V_ERR_*, openssl/x509_vfy.h
_OTHER_NAME = {62, 64}
_WITHIN = 5.0  # seconds to fetch the certificate


@dataclass(frozen=True)
class Distrust:
    """Why, and what to do."""

    why: str
    fix: str


def distrust(server: str, error: BaseException) -> Distrust | None:
    """Return what is wrong with the certificate of `server`, None when `error` has another cause."""
    cause = _verification(error)
    if cause is None:
        return None
    shown = _fetch(server)
    if shown is None:
        return Distrust(cause.verify_message, "see which certificate the server shows")
    name, ends = shown.subject.rfc4514_string(), shown.not_valid_after_utc
    if cause.verify_code == _EXPIRED and ends < datetime.now(UTC):
        return Distrust(f"its certificate ({name}) expired on {ends:%Y-%m-%d %H:%M} UTC", "renew it on the server node")
    if cause.verify_code == _NOT_YET:
        starts = f"{shown.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        return Distrust(f"its certificate ({name}) is valid from {starts} on", "set the clock, here or on the node")
    if cause.verify_code in _OTHER_NAME:
        return Distrust(f"its certificate is for {', '.join(_names(shown))}", "use one of these in the kubeconfig")
    issuer = shown.issuer.rfc4514_string()
    return Distrust(
        f"its certificate ({name}) was issued by {issuer}, which the kubeconfig's authority doesn't vouch for: "
        f"{cause.verify_message}",
        "get the kubeconfig anew from the server node; if nothing changed there, somebody else may be answering",
    )


def _verification(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _fetch(server: str) -> x509.Certificate | None:
    parts = urlsplit(server)
    try:
        text = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=_WITHIN)
    except OSError:
        return None
    return x509.load_pem_x509_certificate(text.encode())


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [certificate.subject.rfc4514_string()]
    return [str(one.value) for one in found]
