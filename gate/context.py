"""What a workload takes along when it moves: nothing, the state that it exports, or its volumes."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gate.control import GateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY, THERE = "x-mecctl-key", "/.well-known/mecctl-volumes"
PART = 4 << 20
"""Bytes of a carrier's part, of which a smaller one is the last; see gate/carrier.py."""
_LITTLE, _PASSES, _PATIENCE = 1 << 20, 8, 60.0
_TELLS = 0.5
"""Seconds in which a carrier says that the workload didn't start in time."""
Told = dict[str, Any]


class Nothing:
    """A workload without state; `told` as gate/switch.py's."""

    def __init__(self, told: Told) -> None:
        self._told, self._context = told, told["context"]

    def carry(self, left: Callable[[], float]) -> int:  # noqa: ARG002 - others have as many seconds
        """Bring it over within the seconds `left`, with no request under way; returns bytes."""
        return 0

    def undo(self) -> None:
        """Have the workload go on here."""

    def settle(self) -> None:
        """Have it end here."""


class State(Nothing):
    """What it exports, given to the other one through its gate."""

    def carry(self, left: Callable[[], float]) -> int:
        """Bring over what is exported; returns bytes."""
        fault = "the state can't be carried over"
        marked = {"x-mecctl-epoch": str(self._told["epoch"]), "x-mecctl-state": "1"}
        with linked(self._told["app"], left(), fault) as here, linked(self._told["peer"], left(), fault) as there:
            state = asked(here, "export", "GET", self._context["export"])
            asked(there, "import", "POST", self._context["import"], state, marked)
        return len(state)


class Volumes(Nothing):
    """Its volumes, by the carriers beside it here and there; `context` has the one here (host:port) and their key."""

    def prepare(self) -> int:
        """Bring over most of it while the workload serves; returns bytes."""
        with self._carriers(_PATIENCE) as (here, there):
            here("begin", there("sums"))
            sent, last = 0, 0
            for _ in range(_PASSES):
                before, last = last, _passed(here, there)
                sent += last
                if last < _LITTLE or (before and last > before / 2):
                    break  # the rest is little, or is written as fast as it is brought
            return sent

    def carry(self, left: Callable[[], float]) -> int:
        """Stop the workload where it stands, bring over the rest, and start it there."""
        with self._carriers(left()) as (here, there):
            here("freeze", str(left()).encode())
            sent = _passed(here, there)
            there("start", str(left() - _TELLS).encode())
        return sent

    def undo(self) -> None:
        """Let its processes go on."""
        with self._carriers(_PATIENCE) as (here, _):
            here("thaw")

    def settle(self) -> None:
        """Leave them stopped."""
        with self._carriers(_PATIENCE) as (here, _):
            here("left")

    @contextmanager
    def _carriers(self, seconds: float) -> Iterator[tuple[Callable[..., bytes], Callable[..., bytes]]]:
        fault = "the volumes can't be carried over"
        key = {KEY: self._context["key"]}
        with (
            linked(self._context["carrier"], seconds, fault) as here,
            linked(self._told["peer"], seconds, fault) as there,
        ):

            def ask_here(act: str, body: bytes = b"") -> bytes:
                return asked(here, f"{act} here", "POST", f"/{act}", body, key)

            def ask_there(act: str, body: bytes = b"") -> bytes:
                return asked(there, f"{act} there", "POST", f"{THERE}/{act}", body, key)

            yield ask_here, ask_there


def context(told: Told) -> Nothing:
    """Return what the workload takes along."""
    found = told["context"]
    return Nothing(told) if not found else Volumes(told) if "carrier" in found else State(told)


def prepare(told: Told) -> dict[str, Any]:
    """Bring over what can be while the workload serves; raises GateError or OSError. Returns `bytes`."""
    return {"bytes": Volumes(told).prepare()}


@contextmanager
def linked(where: str, seconds: float, fault: str) -> Iterator[http.client.HTTPConnection]:
    """Connect to host:port for the time of a with-block; GateError says `fault` where HTTP isn't what comes."""
    host, _, port = where.rpartition(":")
    link = http.client.HTTPConnection(host, int(port), timeout=seconds)
    try:
        yield link
    except http.client.HTTPException as error:
        raise GateError(f"{fault}: {error!r}") from error
    finally:
        link.close()


def asked(link: http.client.HTTPConnection, what: str, *request: Any) -> bytes:  # noqa: ANN401 - what a request takes
    """Return the body of the answer to a request (method, path, body, headers); raises GateError if it is a refusal."""
    link.request(*request)
    said = link.getresponse()
    body = said.read()
    if not 200 <= said.status < 300:
        why = body[:200].decode(errors="replace").strip()
        raise GateError(f"{what} is answered with {said.status}" + (f": {why}" if why else ""))
    return body


def _passed(here: Callable[..., bytes], there: Callable[..., bytes]) -> int:
    """Bring over what has changed since the last pass; returns bytes."""
    sent = 0
    while True:
        part = here("changes")
        if part:
            there("put", part)
        sent += len(part)
        if len(part) < PART:
            return sent
