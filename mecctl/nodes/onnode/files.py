"""The files that benchmarks name: who owns them, who may read them, and until when certificates hold."""

from __future__ import annotations

import base64
import grp
import pwd
import re
import stat
from pathlib import Path
from typing import Any

NAMED = (
    "/etc/kubernetes/*", "/etc/kubernetes/*/*", "/etc/kubernetes/pki/*/*", "/etc/cni/net.d/*",
    "/var/lib/cni/networks/*/*", "/var/lib/etcd", "/var/lib/etcd/member",
    "/etc/systemd/system/kubelet.service", "/etc/systemd/system/kubelet.service.d/*",
    "/usr/lib/systemd/system/kubelet.service", "/usr/lib/systemd/system/kubelet.service.d/*",
    "/var/lib/kubelet", "/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env", "/var/lib/kubelet/pki/*",
    "/var/log/kubernetes", "/var/log/kubernetes/*", "/etc/containerd", "/etc/containerd/config.toml",
    "/etc/systemd/system/containerd.service", "/etc/rancher/k3s/*", "/etc/rancher/k3s/*/*",
    "/var/lib/rancher/k3s/server/*", "/var/lib/rancher/k3s/server/cred/*", "/var/lib/rancher/k3s/server/logs/*",
    "/var/lib/rancher/k3s/server/tls", "/var/lib/rancher/k3s/server/tls/*", "/var/lib/rancher/k3s/server/tls/*/*",
    "/var/lib/rancher/k3s/server/db/etcd", "/var/lib/rancher/k3s/agent/*", "/var/lib/rancher/k3s/agent/etc/*",
    "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/passwd-", "/etc/shadow-", "/etc/group-",
    "/etc/gshadow-", "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*", "/etc/ssh/ssh_host_*", "/root/.ssh",
    "/root/.ssh/*", "/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly",
    "/etc/cron.monthly", "/etc/sudoers", "/etc/sudoers.d/*", "/boot/grub/grub.cfg",
)  # fmt: skip
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_EMBEDDED = re.compile(r"client-certificate-data:\s*(\S+)")


def look() -> dict[str, Any]:
    """Return `{files: {path: {kind, mode, owner}}, certificates: {path: PEM}}`; links are followed."""
    names = sorted({name for pattern in NAMED for name in map(str, Path("/").glob(pattern[1:]))})
    files = {name: found for name in names if (found := _stat(Path(name)))}
    return {"files": files, "certificates": {name: pem for name in files if (pem := _certificate(Path(name)))}}


def _stat(path: Path) -> dict[str, str] | None:
    try:
        seen = path.stat()
    except OSError:  # a link to nowhere, or gone meanwhile
        return None
    kind = "directory" if stat.S_ISDIR(seen.st_mode) else "file"
    owner = f"{_name(pwd.getpwuid, seen.st_uid)}:{_name(grp.getgrgid, seen.st_gid)}"
    return {"kind": kind, "mode": f"{stat.S_IMODE(seen.st_mode):o}", "owner": owner}


def _name(names: Any, number: int) -> str:  # noqa: ANN401 - pwd's and grp's look-ups
    try:
        return str(names(number)[0])
    except KeyError:
        return str(number)


def _certificate(path: Path) -> str | None:
    """Return the first certificate of a PEM file, or the client's in a kubeconfig; never a key."""
    if path.suffix not in {".crt", ".pem", ".conf", ".kubeconfig", ".yaml"} or not path.is_file():
        return None
    text = path.read_text(errors="replace")
    embedded = _EMBEDDED.search(text)
    text = base64.b64decode(embedded[1]).decode(errors="replace") if embedded else text
    found = _CERTIFICATE.search(text)
    return found[0] if found else None
