"""Talks to a gate or a carrier, by a small program that is run beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube.exec import STDERR, STDOUT
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mecctl.engine.kube import KubeClient

_STARTED = 5.0
"""Seconds in which the program starts (0.1 is usual)."""
_COMMAND = ("python3", "-BIS", "/opt/gate/tell.py")


def tell(client: KubeClient, namespace: str, pod: str, container: str, words: Sequence[str]) -> dict[str, Any]:
    """Give a command of gate/desk.py, and return the answer; raises MecctlError with its `error`."""
    said = {STDOUT: b"", STDERR: b""}
    with client.exec(namespace, pod, container, [*_COMMAND, *words], tty=False, timeout=_STARTED) as session:
        for channel, data in session.output():
            said[channel] += data
    where = f"{container} of {pod} in {namespace}"
    try:
        found: dict[str, Any] = json.loads(said[STDOUT])
    except ValueError as error:
        lines = (said[STDERR] or said[STDOUT]).decode(errors="replace").strip().splitlines() or ["nothing"]
        raise MecctlError(f"the {where} says: {lines[-1]}", fix="run it again") from error
    if "error" in found:
        raise MecctlError(str(found["error"]), where=where)
    return found
