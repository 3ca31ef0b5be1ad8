"""kubeadm init and join, made safe to repeat: a record before the start and one after the success."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic, programs, staticpods, units
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.files import remove
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.command import Output
    from ansible.module_utils.mecctl.item import Context

ETC = Path("/etc/kubernetes")
KUBELET = Path("/var/lib/kubelet")
ETCD = Path("/var/lib/etcd")
PODS = Path("/var/log/pods")
KUBEADM = Path("/usr/local/bin/kubeadm")
SHIM = "/usr/local/bin/containerd-shim-runc-v2"
CAS = (ETC / "pki" / "ca.crt", Path("/var/lib/rancher/k3s/server/tls/server-ca.crt"))
CONFIG, DISCOVERY = Path("/run/mecctl-kubeadm.yaml"), Path("/run/mecctl-discovery.conf")
SOCKET = "unix:///run/containerd/containerd.sock"
# What must be in the image store before the command starts: a join starts every daemon of the node at once.
IMAGES_FIRST = {"init": "/kube-apiserver:", "join": ""}
LIMIT = 600
MEMBER = {
    "init": ("admin.conf", "kubelet.conf", "pki/ca.crt", "manifests/etcd.yaml", "manifests/kube-apiserver.yaml"),
    "join": ("kubelet.conf", "pki/ca.crt"),
}
_UNFINISHED = {"": "isn't done", "started": "was interrupted", "done": ""}


def plan_kubeadm(declared: dict[str, Any], context: Context) -> Iterator[Item]:
    """A member of a cluster: `{mode: init|join, documents, endpoint}`.

    `documents` are kubeadm's own configuration objects; what is secret in a join is added from this run's secrets:
    the CA and the token, in a file by which kubeadm finds the API at `endpoint` without asking it unchecked.
    Raises NodeError when the node is a member of someone else's cluster.
    """
    if not declared:
        return
    mode, record = declared["mode"], _Record(context.store)
    lost = [name for name in MEMBER[mode] if not (ETC / name).exists()]
    elsewhere = context.cluster not in ("", ca())
    if record.phase == "done" and not lost and not elsewhere:
        yield from _plan_control_plane(declared, record, context)
        return
    if not record.phase and (ETC / "kubelet.conf").exists():
        fix = "on the node, if that cluster isn't needed any more: kubeadm reset; then run the same command again"
        raise NodeError("the node belongs to a cluster that mecctl did not make", where=str(ETC), fix=fix)
    reason = _UNFINISHED[record.phase] or (f"{ETC / lost[0]} is gone" if lost else "is a member of a cluster that was")
    later = "" if mode == "init" or "join_token" in context.secrets else "needs a token from a server"
    context.touched.add("kubeadm")
    if mode == "init" and record.phase == "done" and (ETCD / "member").exists():
        yield Item("kubeadm init phases", "run", reason, partial(_repair, declared, record, context))
    else:
        yield Item(f"kubeadm {mode}", "run", reason, partial(_set_up, declared, record, context), later=later)


def _plan_control_plane(declared: dict[str, Any], record: _Record, context: Context) -> Iterator[Item]:
    """A server that is a member: its control plane follows the settings and the files it reads when it starts."""
    if declared["mode"] != "init":
        return
    if reason := staticpods.difference(declared["documents"], record.made):
        yield Item("control plane", "update", reason, partial(_renew, declared, record, context))


def ca() -> str:
    """The sha256 of the certificate of the CA that this node trusts, which tells clusters apart; empty without one."""
    return next((hashlib.sha256(path.read_bytes()).hexdigest() for path in CAS if path.exists()), "")


def undo(*, stays: bool = True) -> None:
    """Take the node out of its cluster, or what there is of it; nothing to undo is fine.

    A runtime that `stays` forgets its pods too, each of which asks the pod network to let go of it: half a minute where
    that is down. A runtime that goes needn't.
    """
    units.stop("kubelet.service")
    if KUBEADM.exists():
        pods = [] if stays else ["--skip-phases=cleanup-node"]
        run([str(KUBEADM), "reset", "--force", f"--cri-socket={SOCKET}", *pods], timeout=180, check=False)
    # A runtime that is slow or half gone leaves pods behind, and the next API server would find its port taken.
    for pid, _ in programs.running([SHIM]):
        programs.end(pid)
    for folder in (ETC / "manifests", ETC / "pki", ETCD):
        for path in folder.iterdir() if folder.is_dir() else ():
            remove(path)
    for path in ETC.glob("*.conf"):
        path.unlink()
    for name in ("config.yaml", "kubeadm-flags.env", "pki"):
        remove(KUBELET / name)


class _Record:
    """How far kubeadm got on this node, as a file that is named after it."""

    def __init__(self, store: Path) -> None:
        self._started, self._done = store / "kubeadm.started", store / "kubeadm.done"
        self.phase = "done" if self._done.exists() else "started" if self._started.exists() else ""

    @property
    def made(self) -> str:
        """What `finish` was told."""
        return self._done.read_text()

    def start(self) -> None:
        self._done.unlink(missing_ok=True)
        atomic.write(self._started, b"", mode=0o600)

    def finish(self, made: str = "") -> None:
        atomic.write(self._done, made.encode(), mode=0o600)
        self._started.unlink(missing_ok=True)


def _set_up(declared: dict[str, Any], record: _Record, context: Context) -> None:
    mode = declared["mode"]
    if context.imports:
        context.imports.wait(IMAGES_FIRST[mode])
    if record.phase:
        undo()
    record.start()
    _run([mode], declared, context)
    run(["systemctl", "enable", "--", "kubelet.service"])
    record.finish(_made(declared))


def _repair(declared: dict[str, Any], record: _Record, context: Context) -> None:
    """Write again what is gone of a server whose data is still there; kubeadm keeps the files that are."""
    for phase in (("certs", "all"), ("kubeconfig", "all"), ("etcd", "local"), ("control-plane", "all")):
        _run(["init", "phase", *phase], declared, context)
    run(["systemctl", "enable", "--now", "--", "kubelet.service"])
    record.finish(_made(declared))


def _renew(declared: dict[str, Any], record: _Record, context: Context) -> None:
    staticpods.renew(lambda words: _run(words, declared, context), last_words)
    record.finish(_made(declared))


def _made(declared: dict[str, Any]) -> str:
    return staticpods.fingerprint(declared["documents"]) if declared["mode"] == "init" else ""


def _run(words: list[str], declared: dict[str, Any], context: Context) -> None:
    documents = [_with_secrets(document, context.secrets) for document in declared["documents"]]
    text = "\n---\n".join(json.dumps(document) for document in documents)
    atomic.write(CONFIG, text.encode(), mode=0o600)
    if declared["mode"] == "join":
        atomic.write(DISCOVERY, _discovery(declared["endpoint"], context.secrets).encode(), mode=0o600)
    try:
        # What kubeadm writes, certificates and settings too, is root's alone (CIS Kubernetes 1.1, 4.1).
        ended = run(["kubeadm", *words, f"--config={CONFIG}"], timeout=LIMIT, check=False, umask=0o077)
    finally:
        CONFIG.unlink()
        DISCOVERY.unlink(missing_ok=True)
    if ended.code:
        raise NodeError(
            f"kubeadm {' '.join(words)} failed", why=_cause(ended), fix="on the node: journalctl -u kubelet"
        )


def _with_secrets(document: dict[str, Any], secrets: dict[str, str]) -> dict[str, Any]:
    if document["kind"] != "JoinConfiguration":
        return document
    found = {"file": {"kubeConfigPath": str(DISCOVERY)}, "tlsBootstrapToken": secrets["join_token"]}
    joining = {**document, "discovery": {**document.get("discovery", {}), **found}}
    if "controlPlane" in document:
        joining["controlPlane"] = {**document["controlPlane"], "certificateKey": secrets["join_certificate_key"]}
    return joining


def _discovery(endpoint: str, secrets: dict[str, str]) -> str:
    """A kubeconfig in JSON, which YAML contains."""
    cluster = {
        "server": f"https://{endpoint}",
        "certificate-authority-data": base64.b64encode(secrets["join_ca"].encode()).decode(),
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "site", "cluster": cluster}],
            "users": [{"name": "joining", "user": {"token": secrets["join_token"]}}],
            "contexts": [{"name": "site", "context": {"cluster": "site", "user": "joining"}}],
            "current-context": "site",
        }
    )


def _cause(ended: Output) -> str:
    """What kubeadm said, and behind it what the part that did not come up said."""
    lines = [line.strip() for line in ended.err.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"error|\[ERROR", line)] or lines[-1:]
    said = ["did not end in time"] if ended.code < 0 else errors[:4]
    for part in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"):
        if any(part in line for line in said):
            said += last_words(part)
    if any("kubelet" in line for line in said):
        said.append(units.cause("kubelet.service"))
    return " | ".join(said)[-1500:]


def last_words(part: str) -> list[str]:
    """The last two lines that a part of the control plane wrote."""
    logs = sorted(PODS.glob(f"kube-system_{part}-*/*/*.log"), key=lambda path: path.stat().st_mtime)
    return [f"{part}: {line}" for line in logs[-1].read_text(errors="replace").splitlines()[-2:]] if logs else []
