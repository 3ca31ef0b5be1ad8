"""What a machine lays open: ports to the network, files to every user of it.

Files are walked as somebody without rights would: only into directories that everybody may enter, and not into what
the kernel makes up or into the images of containers, which have users of their own.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from typing import Any

SKIPPED = (
    "/proc", "/sys", "/dev", "/run/containerd", "/run/k3s", "/run/netns", "/var/lib/containerd", "/var/lib/containers",
    "/var/lib/kubelet/pods", "/var/lib/rancher/k3s/agent/containerd", "/var/lib/mecctl/seed", "/lib/modules",
)  # fmt: skip
_KEEPS_SECRETS = ("/etc", "/root", "/home", "/var", "/run", "/tmp", "/opt", "/srv")  # noqa: S108 - looked into only
_SECRET = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|client-key-data: *\S|^ *token: *\S|^K10[0-9a-f]{32}", re.M)
_LINE = re.compile(r"^(\S+)\s+\S+\s+\S+\s+\S+\s+(\S+):(\S+)\s+\S+(?:.*users:\(\(\"([^\"]+)\")?")
_HEAD = 64 * 1024


def look() -> dict[str, Any]:
    """Return `{listeners: [{protocol, address, port, process}], setuid, writable, readable: [path]}`."""
    found: dict[str, list[str]] = {"setuid": [], "writable": [], "readable": []}
    _walk("/", found)
    return {"listeners": _listeners(), **{kind: sorted(paths) for kind, paths in found.items()}}


def _listeners() -> list[dict[str, str]]:
    text = subprocess.run(["ss", "-H", "-lntup"], capture_output=True, text=True, check=True).stdout
    lines = (_LINE.match(line) for line in text.splitlines())
    names = ("protocol", "address", "port", "process")
    return [dict(zip(names, (group or "" for group in line.groups()))) for line in lines if line]  # noqa: B905 - 3.9


def _walk(top: str, found: dict[str, list[str]]) -> None:
    folders = [top]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:  # gone meanwhile
            continue
        for entry in entries:
            if entry.path in SKIPPED or entry.is_symlink():
                continue
            try:
                mode = entry.stat(follow_symlinks=False).st_mode
            except OSError:
                continue
            if stat.S_ISDIR(mode) and mode & stat.S_IXOTH:
                folders.append(entry.path)
            _judge(entry.path, mode, found)


def _judge(path: str, mode: int, found: dict[str, list[str]]) -> None:
    sticky = stat.S_ISDIR(mode) and mode & stat.S_ISVTX
    if mode & stat.S_IWOTH and not sticky and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        found["writable"].append(path)
    if not stat.S_ISREG(mode):
        return
    if mode & (stat.S_ISUID | stat.S_ISGID) and mode & stat.S_IXOTH:
        found["setuid"].append(path)
    if mode & stat.S_IROTH and path.startswith(_KEEPS_SECRETS) and _secret(path):
        found["readable"].append(path)


def _secret(path: str) -> bool:
    """Tell whether a file starts with something that lets its reader in somewhere."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a walk of a whole machine
            return _SECRET.search(file.read(_HEAD)) is not None
    except OSError:
        return False
