"""What a virtual node gets at its first boot: a tar on a second disk, with its name, address and keys."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from mecctl.lab import files, identity, keys
from mecctl.lab.network import MTU

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.lab.layout import Layout
    from mecctl.model import Node

_SSHD = "etc/ssh/sshd_config.d/10-lab.conf"
_NETWORK = """\
[Match]
MACAddress={mac}
[Link]
MTUBytes={mtu}
[Network]
Address={address}/{prefix}
Gateway={gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
"""


def make(path: Path, node: Node, layout: Layout, mac: str, user_key: str) -> str:
    """Write the seed of a node whose network card has the address `mac`; return its new public host key."""
    pair = keys.generate()
    network = _NETWORK.format(
        mac=mac, mtu=MTU, address=node.address, prefix=layout.subnet.prefixlen, gateway=layout.gateway
    )
    texts = {
        **identity.texts(node, layout, user_key, pair),
        _SSHD: files.static()[_SSHD],
        "etc/hostname": f"{node.name}\n",
        "etc/systemd/network/10-lab.network": network,
    }
    files.write(path, files.archive(texts, identity.SECRET), 0o600)
    return pair.public


def is_of(path: Path, node: Node) -> bool:
    """Say whether a seed gives the node the address that the site says."""
    return f"\n{node.address} {node.name}\n" in (_text(path, identity.HOSTS) or "")


def host_key(path: Path) -> str | None:
    """Return the public host key in a seed, None when there is no seed."""
    text = _text(path, f"{identity.HOST_KEY}.pub")
    return text.strip() if text else None


def _text(path: Path, name: str) -> str | None:
    if not path.exists():
        return None
    with tarfile.open(path) as tar:
        file = tar.extractfile(name)
        return file.read().decode() if file else None
