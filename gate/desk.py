"""Takes commands from who moves the workload, on standard input, for that starts no program in the container.

Each is a line of JSON: `to`, a word that the answer bears too, and `words`: `mode [...]` as gate.lua's, `key KEY`,
`point HOST:PORT`, `prepare JSON`, or `switch JSON` as gate/switch.py is told. The answer is a line on standard output,
where others' lines stand as well; `error` in it says why not. What is begun here ends, whatever becomes of who asked.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gate.context import prepare
from gate.control import GateError, busy, know, mode, point
from gate.switch import switch

if TYPE_CHECKING:
    from collections.abc import Callable

    Answered = Callable[[list[str]], dict[str, Any]]
_WORK = {"prepare": prepare, "switch": switch}


def serve(answered: Answered) -> None:
    """Answer each command in a thread of its own, for one may look while another switches."""
    for line in sys.stdin:
        threading.Thread(target=_answer, args=(answered, line), daemon=True).start()


def _answer(answered: Answered, line: str) -> None:
    try:
        told = json.loads(line)
        to, words = str(told["to"]), [str(word) for word in told["words"]]
    except (ValueError, KeyError, TypeError) as error:
        to, answer = "", {"error": f"{line[:80]!r} is no command: {error}"}
    else:
        try:
            answer = answered(words)
        except (GateError, OSError) as error:
            answer = {"error": str(error)}
        except (LookupError, TypeError, ValueError) as error:  # told by another release of mecctl, which has to hear it
            answer = {"error": f"{words[:1]} lacks or has what this gate doesn't know: {error!r}"}
    sys.stdout.write(json.dumps({"to": to, **answer}) + "\n")
    sys.stdout.flush()


def answered(words: list[str]) -> dict[str, Any]:
    """Return the answer to one command; raises GateError where it can't be done, OSError where HAProxy isn't there."""
    what, *more = words or [""]
    if what in _WORK:
        return _WORK[what](json.loads(more[0]))
    if what == "point":
        point(more[0])
    elif what == "key":
        know(more[0])
    elif what != "mode":
        raise GateError(f"there is no command {what!r}")
    found = mode(" ".join(more) if what == "mode" else "")
    return {**asdict(found), "busy": busy()}
