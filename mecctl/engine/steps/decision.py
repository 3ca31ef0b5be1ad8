"""What is asked about an object, and what the answer tells to do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mecctl.engine.kube import FIELD_MANAGER
from mecctl.engine.objects.objects import Object, title

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.goal import Goal


@dataclass(frozen=True)
class Query:
    """An object as a resource wants it, and whom to ask about it.

    With `rehearse` the creation of an object is tried as a dry run too. `force` goes over fields that another field
    manager than `manager` owns.
    """

    client: KubeClient
    goal: Goal
    obj: Object
    rehearse: bool
    manager: str = FIELD_MANAGER
    force: bool = False

    @property
    def is_patch(self) -> bool:
        """Whether only some fields of the object are meant, beside other managers."""
        return self.manager != FIELD_MANAGER

    @property
    def title(self) -> str:
        """Name the object for a person."""
        return title(self.obj)

    def get(self) -> Object:
        """Return the object as it is in the cluster. Raises KubeError."""
        metadata = self.obj["metadata"]
        return self.client.get(self.obj["apiVersion"], self.obj["kind"], metadata["name"], metadata.get("namespace"))


@dataclass(frozen=True)
class Decision:
    """What to do, and why. `live` is the object as it is, `wanted` as the server would make it of what is `sent`.

    What isn't known is None; `missing` says what has to be there first, a kind or a namespace; this run
    may bring it. `force` goes over what others have set. A replacement that goes `elsewhere` is in another cluster than
    what it replaces.
    """

    action: Literal["same", "create", "update", "replace", "import"]
    reason: str = ""
    live: Object | None = None
    wanted: Object | None = None
    missing: str | None = None
    sent: Object | None = None
    force: bool = False
    elsewhere: bool = False


class GoneError(Exception):
    """An object that was there is not any more; `live` is what is left of one that is being deleted."""

    def __init__(self, live: Object | None) -> None:
        self.live = live


def identity(client: KubeClient, obj: Object) -> str:
    """Return the id of an object, `namespace/name` or `name`; KubeError 404 when its kind isn't served."""
    name = obj["metadata"]["name"]
    if not client.served(obj["apiVersion"], obj["kind"]).namespaced:
        return str(name)
    return f"{obj['metadata'].get('namespace') or client.namespace}/{name}"
