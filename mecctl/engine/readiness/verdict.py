"""What is said of one object's readiness, and how its status is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mecctl.engine.objects.objects import Object


@dataclass(frozen=True)
class Verdict:
    """Whether an object is ready, else why not; `final` when it never will be."""

    ready: bool
    why: str = ""
    final: bool = False


READY = Verdict(ready=True)


def unless(why: str) -> Verdict:
    """Ready, unless there is a reason why not."""
    return Verdict(ready=not why, why=why)


def condition(live: Object, type_: str) -> dict[str, Any]:
    """Return the condition of a type in the object's status, empty when there is none."""
    for one in (live.get("status") or {}).get("conditions") or ():
        if one["type"].lower() == type_.lower():
            return dict(one)
    return {}


def serves(pod: Object) -> bool:
    """Whether a pod is ready and isn't on its way out."""
    return condition(pod, "Ready").get("status") == "True" and "deletionTimestamp" not in pod["metadata"]


def seen(live: Object) -> bool:
    """Whether the controller has seen the object as it is now."""
    return int((live.get("status") or {}).get("observedGeneration", 0)) >= int(live["metadata"].get("generation", 0))
