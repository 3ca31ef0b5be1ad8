"""K3s's own ways to new certificates and new tokens (https://docs.k3s.io/cli/certificate, https://docs.k3s.io/cli/token).

Pods run on while K3s starts anew: its unit has KillMode=process, and their shims stay.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import atomic, kube, units
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

UNITS = {True: "k3s.service", False: "k3s-agent.service"}
ETC = Path("/etc/rancher/k3s")
TOKENS = Path("/var/lib/rancher/k3s/server")
READY = 180
LIMIT = 300


def renew(*, server: bool) -> Iterator[dict[str, str]]:
    """Have K3s forget its certificates, which it only does while it is stopped, and make others as it starts."""
    unit = UNITS[server]
    run(["systemctl", "stop", "--", unit], timeout=LIMIT)
    try:
        run(["k3s", "certificate", "rotate"], timeout=LIMIT)
    finally:
        _start(unit, server=server)
    yield {"subject": "certificates of K3s", "action": "replace", "reason": f"made anew as {unit} started"}


def new_tokens() -> dict[str, str]:
    """On the first server: give the cluster another token for servers and choose one for agents; returns both.

    K3s makes the servers' itself: on a command line everybody on the node could read it.
    """
    path = TOKENS / "token"
    if not path.exists():
        raise NodeError("the server has no token yet", where=str(path), fix="on the node: journalctl -u k3s")
    old = path.read_text().strip()
    run(["k3s", "token", "rotate"], timeout=LIMIT, env={"K3S_TOKEN": old})
    new = path.read_text().strip()
    if new == old:
        fix = "on the node: journalctl -u k3s; the old token still holds"
        raise NodeError("k3s token rotate ended well, and the token is the old one", where=str(path), fix=fix)
    return {"join_token": new, "join_agent_token": secrets.token_hex(32)}


def take_server_tokens(given: dict[str, str], *, first: bool) -> Iterator[dict[str, str]]:
    """Start a server anew with the tokens; the first one has the servers' where K3s wrote it."""
    if not first:
        atomic.write(ETC / "token", f"{given['join_token']}\n".encode(), mode=0o600)
    atomic.write(ETC / "agent-token", f"{given['join_agent_token']}\n".encode(), mode=0o600)
    _start(UNITS[True], server=True)
    yield {"subject": "tokens of K3s", "action": "replace", "reason": "k3s.service started anew with new ones"}


def agents_token() -> str:
    """The agents' token as K3s hands it out on a server, with the hash of the CA."""
    return (TOKENS / "agent-token").read_text().strip()


def take_agent_token(token: str) -> Iterator[dict[str, str]]:
    """Start an agent anew with the agents' token."""
    atomic.write(ETC / "token", f"{token}\n".encode(), mode=0o600)
    _start(UNITS[False], server=False)
    yield {"subject": "token of K3s", "action": "replace", "reason": "k3s-agent.service started anew with a new one"}


def _start(unit: str, *, server: bool) -> None:
    units.act(unit, "restart", LIMIT)
    if server:
        kube.Api(ETC / "k3s.yaml").wait("/readyz", READY)
