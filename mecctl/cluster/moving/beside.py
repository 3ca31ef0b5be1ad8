"""Talks to a gate or a carrier over its standard input and output (gate/desk.py)."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube.exec import STDOUT
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.kube.exec import Session

_TAKEN = 5.0
"""Seconds in which the API server takes the connection."""


def tell(client: KubeClient, namespace: str, pod: str, container: str, words: Sequence[str]) -> dict[str, Any]:
    """Give a command, and return the answer; raises MecctlError with its `error`, UnreachableError if none is heard."""
    to = secrets.token_hex(8)
    with client.attach(namespace, pod, container, timeout=_TAKEN) as session:
        session.write(json.dumps({"to": to, "words": words}).encode() + b"\n")
        for line in _lines(session):
            if to.encode() in line:
                answer: dict[str, Any] = json.loads(line)
                break
        else:
            raise UnreachableError(f"{container} of {pod} in {namespace} has not answered")
    answer.pop("to")
    if "error" in answer:
        raise MecctlError(str(answer["error"]), where=f"{container} of {pod} in {namespace}")
    return answer


def _lines(session: Session) -> Iterator[bytes]:
    rest = b""
    for channel, data in session.output():
        if channel == STDOUT:
            *whole, rest = (rest + data).split(b"\n")
            yield from whole
