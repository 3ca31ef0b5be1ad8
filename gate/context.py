"""What a workload takes along when it moves: nothing, the state that it exports, or its volumes."""

from __future__ import annotations

import http.client
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Self

from gate.control import GateError

if TYPE_CHECKING:
    from collections.abc import Callable

KEY, THERE = "x-mecctl-key", "/.well-known/mecctl-volumes"
PART = 4 << 20
"""Bytes of a part of what has changed, so that a gate can hold it in memory; a smaller one is the last."""
_LITTLE, _PASSES = 1 << 20, 8
_TELLS = 0.5
"""Seconds in which a carrier says that the workload didn't start in time."""
Told = dict[str, Any]


class Nothing:
    """A workload without state; `told` as gate/switch.py's. Entering it does what can be done before a hold."""

    def __init__(self, told: Told) -> None:
        self._told, self._context = told, told["context"]

    def __enter__(self) -> Self:
        with ExitStack() as links:
            self._there = links.enter_context(_link(self._told["peer"], self._told["seconds"]))
            self._tell("GET")
            self._open(links)
            self._links = links.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._links.close()

    def take(self) -> bool:
        """Tell the other gate that it has the workload; says whether it heard."""
        try:
            self._tell("POST")
        except (GateError, OSError):
            return False  # whoever moves the workload tells it
        return True

    def carry(self, left: Callable[[], float]) -> int:  # noqa: ARG002 - others have as many seconds
        """Bring it over within the seconds `left`, with no request under way; returns bytes."""
        return 0

    def undo(self) -> None:
        """Have the workload go on here."""

    def settle(self) -> None:
        """Have it end here."""

    def _open(self, links: ExitStack) -> None:
        """Connect to what else it takes."""

    def _tell(self, verb: str) -> None:
        marked = self._marks() if verb == "POST" else {}
        _asked(self._there, self._told["peer"], verb, "/.well-known/mecctl-gate", None, marked)

    def _marks(self) -> dict[str, str]:
        """By what the other gate knows a request of this one's."""
        return {"x-mecctl-gate": self._told["key"], "x-mecctl-epoch": str(self._told["epoch"])}


class State(Nothing):
    """What it exports, given to the other one through its gate."""

    def carry(self, left: Callable[[], float]) -> int:  # noqa: ARG002
        """Bring over what is exported; returns bytes."""
        state = _asked(self._here, "export", "GET", self._context["export"])
        marked = {**self._marks(), "x-mecctl-state": "1"}
        _asked(self._there, "import", "POST", self._context["import"], state, marked)
        return len(state)

    def _open(self, links: ExitStack) -> None:
        self._here = links.enter_context(_link(self._told["app"], self._told["seconds"]))
        self._here.connect()


class Volumes(Nothing):
    """Its volumes, by the carriers beside it here and there; `context` has the one here (host:port) and their key."""

    def prepare(self) -> int:
        """Bring over most of it while the workload serves; returns bytes."""
        self._ask_here("begin", self._ask_there("sums"))
        sent, last = 0, 0
        for _ in range(_PASSES):
            before, last = last, self._passed()
            sent += last
            if last < _LITTLE or (before and last > before / 2):
                break  # the rest is little, or is written as fast as it is brought
        return sent

    def carry(self, left: Callable[[], float]) -> int:
        """Stop the workload where it stands, bring over the rest, and start it there."""
        self._ask_here("freeze", str(left()).encode())
        sent = self._passed()
        self._ask_there("start", str(left() - _TELLS).encode())
        return sent

    def undo(self) -> None:
        """Let its processes go on."""
        self._ask_here("thaw")

    def settle(self) -> None:
        """Leave them stopped."""
        self._ask_here("left")

    def _open(self, links: ExitStack) -> None:
        self._here = links.enter_context(_link(self._context["carrier"], self._told["seconds"]))

    def _ask_here(self, act: str, body: bytes = b"") -> bytes:
        return _asked(self._here, f"{act} here", "POST", f"/{act}", body, {KEY: self._context["key"]})

    def _ask_there(self, act: str, body: bytes = b"") -> bytes:
        return _asked(self._there, f"{act} there", "POST", f"{THERE}/{act}", body, {KEY: self._context["key"]})

    def _passed(self) -> int:
        """Bring over what has changed since the last pass; returns bytes."""
        sent = 0
        while True:
            part = self._ask_here("changes")
            if part:
                self._ask_there("put", part)
            sent += len(part)
            if len(part) < PART:
                return sent


def context(told: Told) -> Nothing:
    """Return what the workload takes along."""
    found = told["context"]
    return Nothing(told) if not found else Volumes(told) if "carrier" in found else State(told)


def prepare(told: Told) -> dict[str, Any]:
    """Bring over what can be while the workload serves; raises GateError or OSError. Returns `bytes`."""
    with Volumes(told) as along:
        return {"bytes": along.prepare()}


def _link(where: str, seconds: float) -> closing[http.client.HTTPConnection]:
    host, _, port = where.rpartition(":")
    return closing(http.client.HTTPConnection(host, int(port), timeout=seconds))


def _asked(link: http.client.HTTPConnection, what: str, *request: Any) -> bytes:  # noqa: ANN401 - what a request takes
    """Return the body of the answer to a request (method, path, body, headers); raises GateError if it is a refusal."""
    try:
        link.request(*request)
        said = link.getresponse()
        body = said.read()
    except http.client.HTTPException as error:
        raise GateError(f"{what} is answered by something else: {error!r}") from error
    if not 200 <= said.status < 300:
        why = body[:200].decode(errors="replace").strip()
        raise GateError(f"{what} is answered with {said.status}" + (f": {why}" if why else ""))
    return body
