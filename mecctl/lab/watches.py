"""inotify instances: the kernel allows root a number of them in all, and every node runs as root."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

BOOT = 6
"""What a node takes to boot: systemd 3, logind, dbus and a spare one."""

NODE = 28
"""What a node takes with a control plane on it; an agent takes about 16."""

FIX = "sudo sysctl -w fs.inotify.max_user_instances=1024"

_LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")


def limit() -> int:
    """Return how many instances one user may have."""
    return int(_LIMIT.read_text())


def spare(wanted: int) -> int:
    """Return how many more instances this user can have, at most `wanted`: by having them for a moment."""
    library = ctypes.CDLL(None, use_errno=True)
    taken: list[int] = []
    try:
        while len(taken) < wanted and (descriptor := library.inotify_init1(os.O_CLOEXEC)) >= 0:
            taken.append(descriptor)
        return len(taken)
    finally:
        for descriptor in taken:
            os.close(descriptor)
