"""What a kubeconfig shows the API server, and why the server may not take it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True)
class Credential:
    """A client `certificate` (PEM), a `token`, a `password` or `nothing`, as the kubeconfig at `where` has it."""

    where: str
    kind: Literal["certificate", "token", "password", "nothing"]
    material: bytes = field(default=b"", repr=False)

    def why_refused(self) -> str:
        """Say what is likely to be wrong, from what can be read in it; call it when the server answered 401."""
        if self.kind == "nothing":
            return f"the user of {self.where} has neither a certificate nor a token"
        expires = self.expires()
        if expires and expires < datetime.now(UTC):
            return f"the {self._name()} in {self.where} expired on {_day(expires)}"
        return f"the server doesn't know the {self._name()} in {self.where}, or no longer"

    def expires(self) -> datetime | None:
        """Return when it ends, if it says so itself."""
        if self.kind == "certificate":
            return _certificate(self.material).not_valid_after_utc
        return _token_end(self.material) if self.kind == "token" else None

    def _name(self) -> str:
        if self.kind != "certificate":
            return self.kind
        subject = _certificate(self.material).subject
        return f"client certificate ({subject.rfc4514_string()})"


NOTHING = Credential("the kubeconfig", "nothing")


def _certificate(pem: bytes) -> x509.Certificate:
    from cryptography import x509  # noqa: PLC0415 - takes 50 ms, which only a refusal is worth

    return x509.load_pem_x509_certificate(pem)


def _token_end(token: bytes) -> datetime | None:
    """Return the `exp` of a JSON web token (RFC 7519); None for any other token."""
    parts = token.split(b".")
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(said["exp"], UTC)
    except (IndexError, ValueError, KeyError, TypeError):
        return None


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
