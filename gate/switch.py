"""Lets go of the workload here: hold, let what is under way end, carry its state over, pass on from then on.

All of it happens beside the gate, so that a hold lasts no longer than this takes, whatever becomes of who asked.
Told are `epoch`, `peer` (host:port of the other gate), `seconds` that a hold may last, `app` (host:port) and `context`
(null, or the paths `export` and `import`).
"""

from __future__ import annotations

import http.client
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gate.control import GateError, busy, mode, point

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAUSE = 0.002


def switch(told: dict[str, Any]) -> dict[str, Any]:
    """Return `seconds` of the hold and `bytes` carried; raises GateError or OSError with the workload still here."""
    point(told["peer"])
    began = time.monotonic()
    before = mode()
    if before.name != "local":
        raise GateError(f"the gate is {before.name}, so the workload isn't here")
    mode(f"hold {told['seconds']} local")
    try:
        while busy():
            if time.monotonic() - began > told["seconds"]:
                raise GateError("requests that were under way did not end in time")
            time.sleep(_PAUSE)
        _reach(told, began)
        carried = _carry(told, began) if told["context"] else 0
        found = mode(f"commit {told['epoch']}")
        if found.name != "peer":
            raise GateError(f"the hold ended after {told['seconds']} s, before the state was over there")
    except (GateError, OSError):
        if mode().name == "hold":
            mode(f"local {before.epoch}")
        raise
    return {"seconds": time.monotonic() - began, "bytes": carried}


def _reach(told: dict[str, Any], began: float) -> None:
    """See that the other gate answers from here; raises OSError or GateError."""
    with _linked(told["peer"], _left(told, began), f"{told['peer']} isn't a gate") as there:
        _asked(there, "gate", "GET", "/.well-known/mecctl-gate")


def _carry(told: dict[str, Any], began: float) -> int:
    """Send what the workload exports to the other one, through its gate; returns how many bytes."""
    seconds, fault = _left(told, began), "the state can't be carried over"
    marked = {"x-mecctl-epoch": str(told["epoch"]), "x-mecctl-state": "1"}
    with _linked(told["app"], seconds, fault) as here, _linked(told["peer"], seconds, fault) as there:
        state = _asked(here, "export", "GET", told["context"]["export"])
        _asked(there, "import", "POST", told["context"]["import"], state, marked)
    return len(state)


def _left(told: dict[str, Any], began: float) -> float:
    return float(max(0.1, told["seconds"] - (time.monotonic() - began)))


@contextmanager
def _linked(where: str, seconds: float, fault: str) -> Iterator[http.client.HTTPConnection]:
    """Connect to host:port for the time of a with-block; GateError says `fault` where HTTP isn't what comes."""
    host, _, port = where.rpartition(":")
    link = http.client.HTTPConnection(host, int(port), timeout=seconds)
    try:
        yield link
    except http.client.HTTPException as error:
        raise GateError(f"{fault}: {error!r}") from error
    finally:
        link.close()


def _asked(link: http.client.HTTPConnection, what: str, *request: Any) -> bytes:  # noqa: ANN401 - what a request takes
    """Return the body of the answer to a request (method, path, body, headers); raises GateError if it is a refusal."""
    link.request(*request)
    said = link.getresponse()
    body = said.read()
    if not 200 <= said.status < 300:
        raise GateError(f"{what} is answered with {said.status}")
    return body
