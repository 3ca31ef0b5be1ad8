"""A server's control plane as kubeadm wrote it: what it was made from, whether someone edited it, and its renewal."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import urllib.request
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import kube
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable

ETC = Path("/etc/kubernetes")
PROC = Path("/proc")
PHASES = (("control-plane", "all"), ("etcd", "local"), ("upload-config", "kubeadm"))
LIMIT = 180
NOTICED = 20
RESTARTED = 300
"""Seconds; a kubelet that was just started itself, and finds no API, waits a minute before it starts what is gone."""
PARTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
"""In the order in which they build on each other."""
ETCD_HEALTH = "http://127.0.0.1:2381/health"
"""Where kubeadm has etcd tell it, to this machine alone (--listen-metrics-urls)."""
LEADERS = ("kube-scheduler", "kube-controller-manager")
_COMM = 15  # characters of a program's name that the kernel keeps


def fingerprint(documents: list[dict[str, Any]]) -> str:
    """What the control plane is made from and what it is now, as text to be kept and given to `difference`."""
    return json.dumps({"made from": _digest(documents), "manifests": _manifests()}, sort_keys=True)


def difference(documents: list[dict[str, Any]], kept: str) -> str:
    """Why the control plane has to be written again; empty when it is what `kept` says and `documents` ask for."""
    known = json.loads(kept or "{}")
    if known.get("made from") != _digest(documents):
        return "its settings changed"
    now = _manifests()
    edited = [name for name, digest in known["manifests"].items() if now.get(name) != digest]
    return f"{ETC / 'manifests' / edited[0]} was edited" if edited else ""


def renew(phase: Callable[[list[str]], object], last_words: Callable[[str], list[str]]) -> None:
    """Have kubeadm write the manifests again, by `phase`, and wait until what changed runs anew.

    Raises NodeError, with the part's `last_words`, when it doesn't.
    """
    before, running = _manifests(), _processes()
    for words in PHASES:
        phase(["init", "phase", *words])
    changed = [name.removesuffix(".yaml") for name, digest in _manifests().items() if before.get(name) != digest]
    end = time.monotonic() + LIMIT
    while waiting := [part for part in changed if not _pids(_processes(), part) - _pids(running, part)]:
        if time.monotonic() > end:
            raise _late(waiting, "did not start anew", last_words)
        time.sleep(0.2)
    api = kube.Api(ETC / "admin.conf")
    api.wait("/readyz", max(1.0, end - time.monotonic()))
    _await_leaders(api, end, last_words)


def restart(last_words: Callable[[str], list[str]]) -> None:
    """Start every part of the control plane anew, one after the other, each once the one before it serves again.

    The kubelet starts what has ended; a part that isn't running is only waited for. Raises NodeError, with the part's
    `last_words`, when it doesn't come back.
    """
    api = kube.Api(ETC / "admin.conf")
    for part in PARTS:
        end = time.monotonic() + RESTARTED
        before = _pids(_processes(), part)
        for pid in before:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        while not _pids(_processes(), part) - before:
            if time.monotonic() > end:
                raise _late([part], "did not start anew", last_words)
            time.sleep(0.2)
        if part == "etcd":  # the API server, which may take long to find it again, starts anew next
            _await_etcd(end, last_words)
        else:
            api.wait("/readyz", max(1.0, end - time.monotonic()))
    _await_leaders(api, time.monotonic() + RESTARTED, last_words)


def serves() -> bool:
    """Whether the API server is there and well; one whose certificate had expired takes a moment to read the new."""
    try:
        kube.Api(ETC / "admin.conf").wait("/readyz", NOTICED)
    except NodeError:
        return False
    return True


def _await_etcd(end: float, last_words: Callable[[str], list[str]]) -> None:
    while True:
        try:
            with urllib.request.urlopen(ETCD_HEALTH, timeout=5):
                return
        except OSError as error:
            if time.monotonic() > end:
                raise _late(["etcd"], "did not get well", last_words) from error
        time.sleep(0.2)


def _await_leaders(api: kube.Api, end: float, last_words: Callable[[str], list[str]]) -> None:
    """Wait until scheduler and controller manager lead again: those that can't reach the API end, and start anew."""
    since = datetime.now(timezone.utc)
    while waiting := [part for part in LEADERS if _renewed(api, part) <= since]:
        if time.monotonic() > end:
            raise _late(waiting, "did not take the lead again", last_words)
        time.sleep(0.3)


def _late(parts: list[str], what: str, last_words: Callable[[str], list[str]]) -> NodeError:
    why = " | ".join(line for part in parts for line in last_words(part))
    return NodeError(f"{', '.join(parts)} {what}", why=why, fix="on the node: journalctl -u kubelet")


def _renewed(api: kube.Api, part: str) -> datetime:
    """When the leader of a part last said that it is there (coordination.k8s.io/v1, Lease)."""
    status, lease = api.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{part}")
    renewed = lease.get("spec", {}).get("renewTime") if status == 200 else None
    if not renewed:
        return datetime.min.replace(tzinfo=timezone.utc)
    return datetime.strptime(renewed, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def _pids(running: dict[str, set[int]], part: str) -> set[int]:
    return running.get(part[:_COMM], set())


def _digest(documents: list[dict[str, Any]]) -> str:
    """Of what concerns all servers; how a node registers is between it and its kubelet."""
    concerned = [document for document in documents if document["kind"] == "ClusterConfiguration"]
    return hashlib.sha256(json.dumps(concerned, sort_keys=True).encode()).hexdigest()


def _manifests() -> dict[str, str]:
    paths = sorted((ETC / "manifests").glob("*.yaml"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _processes() -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for path in PROC.glob("[0-9]*/comm"):
        try:
            found.setdefault(path.read_text().strip(), set()).add(int(path.parent.name))
        except OSError:  # it has ended
            continue
    return found
