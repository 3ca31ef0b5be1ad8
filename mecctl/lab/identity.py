"""What makes a node of a lab this one: its keys, its name and where it is, as files on it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecctl.lab.keys import KeyPair
    from mecctl.lab.layout import Layout
    from mecctl.model import Node

HOST_KEY = "etc/ssh/ssh_host_ed25519_key"
HOSTS = "etc/hosts"
AUTHORIZED = "root/.ssh/authorized_keys"
SECRET = frozenset({HOST_KEY, AUTHORIZED})


def texts(node: Node, layout: Layout, user_key: str, pair: KeyPair) -> dict[str, str]:
    """Return the text of each file by its path on the node without the leading slash; `pair` is the host's keys."""
    return {
        AUTHORIZED: f"{user_key}\n",
        HOST_KEY: pair.private,
        f"{HOST_KEY}.pub": f"{pair.public}\n",
        "etc/machine-id": f"{uuid.uuid4().hex}\n",
        HOSTS: f"127.0.0.1 localhost\n::1 localhost\n{node.address} {node.name}\n",
        "etc/resolv.conf": f"nameserver {layout.gateway}\n",
    }
