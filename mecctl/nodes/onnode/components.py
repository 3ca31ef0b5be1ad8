"""Kubernetes' components as they run: their flags, and the configuration that the flags name.

A component of its own is found by its process. K3s has them all in one process and tells their flags in its log
(https://docs.k3s.io/security/self-assessment). Of an encryption configuration only the names of providers are read.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

NAMES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet", "kube-proxy", "containerd")
NAMED_BY_FLAGS = ("admission-control-config-file", "audit-policy-file", "authentication-config", "authorization-config")
K3S_ETCD = Path("/var/lib/rancher/k3s/server/db/etcd/config")
_STARTED = re.compile(r"Running ([a-z-]+) (--.*?)\"?$")
_PROVIDER = re.compile(r"\b(identity|aescbc|aesgcm|secretbox|kms)\"?\s*:")
_SECRET = re.compile(r"token|password|secret")


def look() -> dict[str, Any]:
    """Return `{components: {name: {source, flags}}, k3s, texts: {path: text}, encryption: {path, providers}}`."""
    running = {name: argv for argv in _processes() if (name := Path(argv[1]).name) in {*NAMES, "k3s"}}
    k3s = "k3s" in running or Path("/etc/rancher/k3s/config.yaml").exists()
    found: dict[str, Any] = {
        name: {"source": argv[0], "flags": flags(argv[2:])} for name, argv in running.items() if name in NAMES
    }
    if k3s:
        found.update(_logged())
    server: dict[str, str] = found["kube-apiserver"]["flags"] if "kube-apiserver" in found else {}
    texts = {str(path): text for path in _configured(server) if (text := _read(path)) is not None}
    for text in list(texts.values()):  # an admission configuration names one file for each plugin
        paths = (Path(name) for name in re.findall(r"^\s*path:\s*[\"']?([^\s\"']+)", text, re.MULTILINE))
        texts.update({str(path): inner for path in paths if (inner := _read(path)) is not None})
    return {"components": found, "k3s": k3s, "texts": texts, "encryption": _encryption(server)}


def flags(words: list[str]) -> dict[str, str]:
    """Return a command line's options by name; one given more than once has its values joined by commas."""
    found: dict[str, str] = {}
    name = ""
    for word in words:
        if not word.startswith("-"):
            if name:
                found[name] = word
            name = ""
            continue
        key, equals, value = word.lstrip("-").partition("=")
        value = value if equals else "true"
        value = "[secret]" if _SECRET.search(key) and equals and not value.startswith(("/", "true", "false")) else value
        found[key] = f"{found[key]},{value}" if key in found else value
        name = "" if equals else key
    return found


def _processes() -> list[list[str]]:
    """Return `[source, program, word, …]` of every process that has a command line."""
    found = []
    for place in sorted(Path("/proc").glob("[0-9]*/cmdline")):
        try:
            words = place.read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        except OSError:  # it has ended meanwhile
            continue
        if words[0]:
            found.append([str(place), *words])
    return found


def _logged() -> dict[str, Any]:
    """Return the components that K3s told of when it last started them."""
    command = ["journalctl", "-b", "-o", "cat", "--no-pager", "-u", "k3s", "-u", "k3s-agent"]
    log = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    lines = (_STARTED.search(line) for line in log.splitlines() if "Running " in line)
    source = "journalctl -b -u k3s -u k3s-agent"
    return {one[1]: {"source": f"{source}: Running {one[1]}", "flags": flags(one[2].split())} for one in lines if one}


def _configured(server: dict[str, str]) -> list[Path]:
    return [*(Path(server[flag]) for flag in NAMED_BY_FLAGS if flag in server), K3S_ETCD]


def _encryption(server: dict[str, str]) -> dict[str, Any] | None:
    path = server.get("encryption-provider-config")
    text = _read(Path(path)) if path else None
    return None if text is None else {"path": path, "providers": _PROVIDER.findall(text)}


def _read(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return None
