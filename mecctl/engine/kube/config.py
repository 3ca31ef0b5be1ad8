"""A kubeconfig file, read into what an HTTP client needs.

Kubeconfig: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. Programs that print credentials (`exec`)
and `auth-provider` are refused: a site's own kubeconfig holds its certificate or token.
"""

from __future__ import annotations

import base64
import binascii
import os
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from mecctl.engine.kube.credentials import NOTHING, Credential
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Connection:
    """Where the API server is and how to talk to it; `verify` is False only if the kubeconfig says so."""

    server: str
    verify: ssl.SSLContext | bool
    headers: Mapping[str, str]
    proxy: str | None
    namespace: str
    credential: Credential = NOTHING


def load(
    path: Path, context: str | None = None, cluster: str | None = None, namespace: str | None = None
) -> Connection:
    """Read the kubeconfig at `path` and choose from it, by default as its current context says.

    Raises MecctlError naming what is missing in it.
    """
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise MecctlError("the kubeconfig can't be read", where=str(path), why=str(error)) from error
    return parse(text, path, context, cluster, namespace)


def parse(
    text: str, path: Path, context: str | None = None, cluster: str | None = None, namespace: str | None = None
) -> Connection:
    """Read a kubeconfig's text as `load` does; `path` names it, and files that it names are found beside that."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MecctlError("the kubeconfig can't be read", where=str(path), why="it isn't YAML") from error
    if not isinstance(document, dict):
        raise MecctlError("this is no kubeconfig", where=str(path))
    name = context or document.get("current-context")
    chosen = _entry(document, "contexts", "context", name, path)
    server = _entry(document, "clusters", "cluster", cluster or chosen.get("cluster"), path)
    user = _entry(document, "users", "user", chosen.get("user"), path) if chosen.get("user") else {}
    return _connection(path, server, user, namespace or chosen.get("namespace") or "default")


def _entry(document: dict[str, Any], section: str, key: str, name: str | None, path: Path) -> dict[str, Any]:
    for entry in document.get(section) or ():
        if entry.get("name") == name:
            return entry.get(key) or {}
    known = ", ".join(str(entry.get("name")) for entry in document.get(section) or ()) or "none"
    raise MecctlError(f"the kubeconfig has no {key} {name!r}", where=str(path), why=f"its {section}: {known}")


def _connection(path: Path, cluster: dict[str, Any], user: dict[str, Any], namespace: str) -> Connection:
    server = cluster.get("server")
    if not server:
        raise MecctlError("the kubeconfig's cluster has no server address", where=str(path))
    for refused in ("exec", "auth-provider"):
        if refused in user:
            raise MecctlError(
                f"the kubeconfig's user gets credentials by `{refused}`, which mecctl doesn't run",
                where=str(path),
                fix="give it a kubeconfig with a client certificate or a token",
            )
    tls = _tls(path, cluster, user) if server.startswith("https:") else False
    proxy = cluster.get("proxy-url")
    return Connection(server.rstrip("/"), tls, _headers(path, user), proxy, namespace, _credential(path, user))


def _credential(path: Path, user: dict[str, Any]) -> Credential:
    if token := _text(path, user, "token", "tokenFile"):
        return Credential(str(path), "token", token.encode())
    if "username" in user:
        return Credential(str(path), "password")
    if certificate := _data(path, user, "client-certificate"):
        return Credential(str(path), "certificate", certificate)
    return Credential(str(path), "nothing")


def _headers(path: Path, user: dict[str, Any]) -> dict[str, str]:
    if token := _text(path, user, "token", "tokenFile"):
        return {"Authorization": f"Bearer {token}"}
    if "username" in user:
        pair = f"{user['username']}:{user.get('password', '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _text(path: Path, user: dict[str, Any], inline: str, file: str) -> str | None:
    if user.get(inline):
        return str(user[inline])
    if not user.get(file):
        return None
    return _read(path, user[file]).decode().strip()


def _tls(path: Path, cluster: dict[str, Any], user: dict[str, Any]) -> ssl.SSLContext:
    try:
        authority = _data(path, cluster, "certificate-authority")
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
        if cluster.get("insecure-skip-tls-verify"):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        certificate, key = _data(path, user, "client-certificate"), _data(path, user, "client-key")
        if certificate and key:
            with _in_memory(certificate + b"\n" + key) as file:
                context.load_cert_chain(file)
    except (ssl.SSLError, ValueError, binascii.Error) as error:
        raise MecctlError("a certificate in the kubeconfig is broken", where=str(path), why=str(error)) from error
    return context


def _data(path: Path, entry: dict[str, Any], key: str) -> bytes | None:
    if entry.get(f"{key}-data"):
        return base64.b64decode(entry[f"{key}-data"], validate=True)
    return _read(path, entry[key]) if entry.get(key) else None


def _read(path: Path, reference: str) -> bytes:
    file = path.parent / reference
    try:
        return file.read_bytes()
    except OSError as error:
        raise MecctlError("a file the kubeconfig names can't be read", where=str(path), why=str(error)) from error


@contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    # OpenSSL reads keys from files only; this one is never on a disk.
    descriptor = os.memfd_create("client-key")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(content)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
