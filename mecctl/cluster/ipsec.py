"""Change the key by which Cilium's IPsec encrypts what pods of different nodes say, while both keys are understood.

The key has a number from 1 to 15, which every packet carries; each agent keeps the one before for five minutes more
(docs.cilium.io, "IPsec Transparent Encryption", Key Rotation) and tells in its CiliumNode by which one it encrypts.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Collection

    from mecctl.engine.kube import KubeClient
    from mecctl.plan.progress import Progress

NAME = "cilium-ipsec-keys"
TAKEN_WITHIN = 300.0
"""Seconds; a kubelet brings a changed Secret to its pods within some two minutes, slow machines later."""
_LAST = 15
_BYTES = 20  # RFC 4106: 16 of AES-128, 4 of salt
_TASK = "wait for all nodes to encrypt by it"


def rotate(client: KubeClient, nodes: Collection[str], progress: Progress) -> tuple[Change, ...]:
    """Give the site another key, or finish what a run before began; returns what was changed.

    Raises KubeError when the API refuses or has no such key, MecctlError when one of `nodes` doesn't take the key in
    time: the same command goes on then.
    """
    live = client.get("v1", "Secret", NAME, "kube-system")
    number = int(base64.b64decode(live["data"]["keys"]).decode().partition("+")[0])
    if not _late(client, nodes, number):
        number = number % _LAST + 1
        text = f"{number}+ rfc4106(gcm(aes)) {secrets.token_hex(_BYTES)} 128"
        with client.at(live) as path:
            client.request("PUT", path, body={**live, "stringData": {"keys": text}})
    _wait(client, nodes, number, progress)
    return (Change(f"kube-system: v1/Secret {NAME}", "update", f"all nodes encrypt by key {number} now"),)


def _late(client: KubeClient, nodes: Collection[str], number: int) -> set[str]:
    taken = {one["metadata"]["name"] for one in client.list("cilium.io/v2", "CiliumNode") if _number(one) == number}
    return set(nodes) - taken


def _wait(client: KubeClient, nodes: Collection[str], number: int, progress: Progress) -> None:
    late = set(nodes)
    progress.begin(_TASK, len(late), "nodes")
    try:
        for event in client.watch("cilium.io/v2", "CiliumNode", timeout=TAKEN_WITHIN):
            if event.type in {"ADDED", "MODIFIED"} and _number(event.object) == number:
                late.discard(event.object["metadata"]["name"])
            progress.advance(_TASK, len(nodes) - len(late))
            if not late:
                return
    finally:
        progress.end(_TASK)
    raise MecctlError(
        f"{', '.join(sorted(late))} did not take key {number} within {TAKEN_WITHIN:g} s",
        why="a Cilium agent that runs takes it by itself",
        fix="see its log there, then run the same command again",
    )


def _number(node: dict[str, Any]) -> int | None:
    number: int | None = node["spec"].get("encryption", {}).get("key")
    return number
