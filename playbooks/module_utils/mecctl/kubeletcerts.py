"""A kubelet's certificates made anew: the one it shows the API server and the one it shows its callers.

Pods run on while their kubelet starts again, and the node stays Ready: the cluster waits 40 s for its word.
"""

from __future__ import annotations

import base64
import json
import re
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import atomic, units
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ETC = Path("/etc/kubernetes")
PKI = Path("/var/lib/kubelet/pki")
UNIT = "kubelet.service"
LIMIT = 120
SIGNED = 180
"""Seconds to get a certificate, and for a serving one, which a pod of the cluster approves."""
SHOWN = ("kubelet-server-current.pem", "kubelet.crt", "kubelet.key")
"""What the kubelet shows its callers: signed by the cluster, or by itself."""
_SERVER = re.compile(r"^\s+server: (\S+)$", re.MULTILINE)


def ask_anew(token: str, ca: str) -> Iterator[dict[str, str]]:
    """Have the kubelet ask the cluster for its client certificate as when it joined, with a token; yields the change.

    The key is made on the node and stays there. Raises NodeError, with the old certificate back in its place, when
    the cluster doesn't sign.
    """
    kubeconfig, current = ETC / "kubelet.conf", PKI / "kubelet-client-current.pem"
    kept, bootstrap = PKI / "kubelet-client-current.pem.old", ETC / "bootstrap-kubelet.conf"
    found = _SERVER.search(kubeconfig.read_text())
    if not found:
        raise NodeError("the kubelet's kubeconfig names no server", where=str(kubeconfig))
    if current.is_symlink() or not kept.is_symlink():  # else a run before was broken off here
        current.replace(kept)
    atomic.write(bootstrap, _bootstrap(found[1].strip('"'), token, ca).encode(), mode=0o600)
    _drop_shown()
    try:
        _restart()
        if not _until(current.exists, LIMIT):
            why = units.cause(UNIT)
            kept.replace(current)
            _restart()
            fix = "on the node: journalctl -u kubelet; its old certificate is back in place"
            raise NodeError("the cluster did not sign the kubelet's certificate", where=str(current), why=why, fix=fix)
    finally:
        bootstrap.unlink(missing_ok=True)
    _forget(current, kept)
    yield _change("asked for and signed by the cluster; the kubelet started anew")


def sign_here(node: str, config: Path) -> Iterator[dict[str, str]]:
    """On a server, whose kubelet starts the API server that it would have to ask: sign with the CA's own key."""
    name = f"system:node:{node}"
    made = run(
        ["kubeadm", "kubeconfig", "user", f"--config={config}", "--org=system:nodes", f"--client-name={name}"],
        umask=0o077,
    ).out
    fields = ("client-certificate-data", "client-key-data")
    pem = b"".join(base64.b64decode(_field(made, field)) for field in fields)
    path = PKI / f"kubelet-client-{datetime.now(timezone.utc):%Y-%m-%d-%H-%M-%S}.pem"
    atomic.write(path, pem, mode=0o600)
    atomic.link(PKI / "kubelet-client-current.pem", str(path))
    _forget(path)
    _drop_shown()
    _restart()
    yield _change("signed by the CA on this server; the kubelet started anew")


def await_shown() -> Iterator[dict[str, str]]:
    """Wait until the kubelet has a certificate for its callers again; yields the change."""
    if not _until(lambda: any((PKI / name).exists() for name in SHOWN[:2]), SIGNED):
        raise NodeError(
            "the kubelet's serving certificate was not signed",
            where=str(PKI / SHOWN[0]),
            why=f"it was asked for, and nobody approved it within {SIGNED} s",
            fix="see that namespace-guard runs in mecctl-system, which approves it; kubectl get csr shows the rest",
        )
    yield {"subject": "kubelet serving certificate", "action": "replace", "reason": "made anew"}


def _change(reason: str) -> dict[str, str]:
    return {"subject": "kubelet client certificate", "action": "replace", "reason": reason}


def _drop_shown() -> None:
    for name in SHOWN:
        (PKI / name).unlink(missing_ok=True)
    for path in PKI.glob("kubelet-server-*.pem"):
        path.unlink()


def _forget(current: Path, *more: Path) -> None:
    """Remove the keys that nobody uses any more."""
    for path in (*PKI.glob("kubelet-client-2*.pem"), *more):
        if path != current.resolve():
            path.unlink(missing_ok=True)


def _restart() -> None:
    run(["systemctl", "reset-failed", "--", UNIT], check=False)
    units.act(UNIT, "restart", LIMIT)


def _until(fact: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def _field(kubeconfig: str, name: str) -> str:
    found = re.search(rf"^\s+{name}: (\S+)$", kubeconfig, re.MULTILINE)
    if not found:
        raise NodeError(f"kubeadm's kubeconfig has no {name}")
    return found[1]


def _bootstrap(server: str, token: str, ca: str) -> str:
    """A kubeconfig in JSON, which YAML contains."""
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(ca.encode()).decode()}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "site", "cluster": cluster}],
            "users": [{"name": "kubelet", "user": {"token": token}}],
            "contexts": [{"name": "site", "context": {"cluster": "site", "user": "kubelet"}}],
            "current-context": "site",
        }
    )
