"""What the API server says when it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.kube.answers import Response


class KubeError(MecctlError):
    """The API server refused: HTTP `status`, the API's `reason` (for example `NotFound`) and its `message`.

    The reason is `NoStatus` when the answer isn't one of the API itself, as for a path that it doesn't serve.

    `causes` are the fields that it blames: (`field`, `reason`, `message`) each
    (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
    """

    def __init__(
        self, status: int, reason: str, message: str, causes: tuple[tuple[str, str, str], ...] = (), *, where: str = ""
    ) -> None:
        super().__init__(
            message, where=where or None, why=None if status < 500 else f"the API server answered {status}"
        )
        self.status = status
        self.reason = reason
        self.message = message
        self.causes = causes

    @property
    def missing(self) -> bool:
        """Whether the API itself says that the object, or its whole kind, is not there; a proxy's 404 says nothing."""
        return self.status == 404 and self.reason != "NoStatus"

    @property
    def unfound(self) -> bool:
        """Whether nothing was found where the object, or the namespace that it is in, should be; its kind is served."""
        return self.status == 404 and self.reason != "NoKind"


class ConflictError(KubeError):
    """Server-side apply met fields that another field manager owns; `owners` are (manager, field) pairs."""

    def __init__(self, base: KubeError, where: str) -> None:
        self.owners = tuple((_manager(said), field) for field, reason, said in base.causes if reason == _OWNED)
        held = ", ".join(f"{field} is set by {manager}" for manager, field in self.owners)
        super().__init__(base.status, base.reason, f"another program owns what would be changed: {held}", base.causes)
        self.where = where
        self.fix = (
            "take these fields out of the program, or make the other program let go of them,"
            " or take them over with --force-conflicts"
        )


_OWNED = "FieldManagerConflict"


def _manager(message: str) -> str:
    return message.partition('"')[2].partition('"')[0] or message


def from_response(response: Response, where: str) -> KubeError:
    """Turn an answer of 400 or above into the error it stands for; plain-text answers are kept as the message."""
    try:
        said: dict[str, Any] = json.loads(response.content)
    except ValueError:
        said = {}
    if not isinstance(said, dict) or said.get("kind") != "Status":
        text = response.text.strip() or response.reason
        # Not the API's own word: a proxy's "not found" says nothing about an object.
        return KubeError(response.status, "NoStatus", text, where=where)
    causes = tuple(
        (cause.get("field", ""), cause.get("reason", ""), cause.get("message", ""))
        for cause in (said.get("details") or {}).get("causes") or ()
    )
    reason = said.get("reason") or response.reason
    error = KubeError(response.status, reason, said.get("message") or reason, causes, where=where)
    if any(cause[1] == _OWNED for cause in causes):
        return ConflictError(error, where)
    return error
