"""What has to happen to an object, found by asking the API server; a preview and `up` ask the same way."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mecctl.engine import diff
from mecctl.engine.kinds import fixed
from mecctl.engine.kube import ConflictError, KubeError
from mecctl.engine.objects import Object, is_ours, is_terminating, live_of, managers, title, to_api
from mecctl.engine.readiness import judge
from mecctl.engine.values import Properties, has_unknown
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.goal import Goal
    from mecctl.engine.kube import KubeClient
    from mecctl.engine.state import Resource


_RENAMED = "its name or namespace changes"


@dataclass(frozen=True)
class Decision:
    """What to do, and why. `live` is the object as it is, `wanted` as the server would make it of what is `sent`.

    What isn't known is None; `missing` says what has to be there first, a kind or a namespace; this run
    may bring it. `force` goes over what people edited.
    """

    action: Literal["same", "create", "update", "replace"]
    reason: str = ""
    live: Object | None = None
    wanted: Object | None = None
    missing: str | None = None
    sent: Object | None = None
    force: bool = False


def identity(client: KubeClient, obj: Object) -> str:
    """Return the id of an object, `namespace/name` or `name`; KubeError 404 when its kind isn't served."""
    name = obj["metadata"]["name"]
    if not client.served(obj["apiVersion"], obj["kind"]).namespaced:
        return str(name)
    return f"{obj['metadata'].get('namespace') or client.namespace}/{name}"


def decide(client: KubeClient, goal: Goal, inputs: Properties, old: Resource | None, *, rehearse: bool) -> Decision:
    """Compare what is wanted with what is there.

    `old` is the resource in state, None for a new one. With `rehearse` the creation of an object is tried as a dry run
    too. Raises MecctlError for an object that is someone else's, and what the API server refuses.
    """
    obj = to_api(inputs)
    if has_unknown(obj):
        return _unforeseen(obj, old)
    try:
        if old is None:
            return _new(client, goal, obj, rehearse=rehearse)
        if identity(client, obj) != old.id:
            found = _new(client, goal, obj, rehearse=rehearse)
            return Decision("replace", _RENAMED, found.live, found.wanted, found.missing)
        return _known(client, goal, obj, old, rehearse=rehearse)
    except KubeError as error:
        if error.reason != "NoKind":
            raise
        reason = "is gone from the cluster" if old else "is new"
        return Decision("create", reason, missing=f"the kind {obj['apiVersion']} {obj['kind']}")


def _unforeseen(obj: Object, old: Resource | None) -> Decision:
    if old is None:
        return Decision("create", "is new")
    if any(has_unknown(obj["metadata"].get(key)) for key in ("name", "namespace")):
        return Decision("replace", _RENAMED)
    return Decision("update", "depends on what this run will change")


def _new(client: KubeClient, goal: Goal, obj: Object, *, rehearse: bool, reason: str = "is new") -> Decision:
    metadata = obj["metadata"]
    try:
        live = client.get(obj["apiVersion"], obj["kind"], metadata["name"], metadata.get("namespace"))
    except KubeError as error:
        if error.status != 404 or error.reason == "NoKind":
            raise
        return _rehearsed(client, obj, reason) if rehearse else Decision("create", reason)
    if is_terminating(live):
        return Decision("create", "is being deleted", live)
    if not is_ours(live, obj):
        raise MecctlError(
            f"{title(obj)} exists already and wasn't made by mecctl",
            why=f"written by: {', '.join(managers(live)) or 'unknown'}",
            fix="delete it if it isn't needed, or take it out of the program",
        )
    try:
        return _existing(client, goal, obj, live)
    except _GoneError as gone:
        return Decision("create", reason, gone.live)


def _rehearsed(client: KubeClient, obj: Object, reason: str) -> Decision:
    try:
        return Decision("create", reason, wanted=client.apply(obj, dry_run=True))
    except KubeError as error:
        # The server names the namespace that it misses; the object itself can't be missed here.
        if error.status != 404 or error.reason == "NoKind":
            raise
        return Decision("create", reason, missing=f"the namespace {obj['metadata'].get('namespace')}")


def _known(client: KubeClient, goal: Goal, obj: Object, old: Resource, *, rehearse: bool) -> Decision:
    if not old.outputs:
        return _new(client, goal, obj, rehearse=rehearse)
    try:
        found = _existing(client, goal, obj, live_of(old.outputs))
        if found.action == "same" and old.init_errors and found.live and not judge(found.live).ready:
            return replace(found, action="update", reason="is not ready yet")
        return found
    except _GoneError as gone:
        if gone.live is None:
            return _new(client, goal, obj, rehearse=rehearse, reason="is gone from the cluster")
        return Decision("create", "is being deleted", gone.live)


class _GoneError(Exception):
    def __init__(self, live: Object | None) -> None:
        self.live = live


def _existing(client: KubeClient, goal: Goal, obj: Object, known: Object) -> Decision:
    """Compare with the object `known` from state or just read; _GoneError when it isn't there any more."""
    sent = _without_ignored(client, goal, obj)
    try:
        wanted, created, by = _rehearse_over_edits(client, sent)
    except KubeError as error:
        if error.status == 404 and error.reason != "NoKind":
            raise _GoneError(None) from error
        if error.status == 422 and (paths := fixed(obj["kind"], error.causes)):
            return Decision("replace", f"{', '.join(paths)} can't be changed in place", known)
        raise
    if created:
        raise _GoneError(None)
    live = _live(client, wanted, known, sent)
    if is_terminating(live):
        raise _GoneError(live)
    found = Decision("same", live=live, wanted=wanted, sent=sent, force=bool(by))
    paths_changed = diff.changed(live, wanted)
    if not paths_changed:
        return found
    watched = [diff.parse(path) for path in goal.replace_on_changes]
    action: Literal["replace", "update"] = "update"
    if any(diff.under(path, watched) for path in paths_changed):
        action = "replace"
    edited = f" (edited by {', '.join(by)})" if by else ""
    return replace(found, action=action, reason=diff.reason(paths_changed) + edited)


def _rehearse_over_edits(client: KubeClient, obj: Object) -> tuple[Object, bool, list[str]]:
    """Apply as a dry run, over what people have edited with kubectl, whose names come last.

    A person's edit behind the program's back is a difference to mend. What another program (an autoscaler, say) has
    taken over is a conflict that only people can settle: ConflictError.
    """
    try:
        return *client.apply_status(obj, dry_run=True), []
    except ConflictError as conflict:
        managers_ = sorted({manager for manager, _ in conflict.owners})
        if not managers_ or not all(manager.startswith("kubectl") for manager in managers_):
            raise
    return *client.apply_status(obj, dry_run=True, force=True), managers_


def _live(client: KubeClient, wanted: Object, known: Object, sent: Object) -> Object:
    """Return the object as it is: `known` if it is still at the version that the dry run started from."""
    theirs, ours = wanted["metadata"], known["metadata"]
    if theirs.get("resourceVersion") == ours.get("resourceVersion") and theirs.get("uid") == ours.get("uid"):
        return known
    live = client.get(wanted["apiVersion"], wanted["kind"], theirs["name"], theirs.get("namespace"))
    if live["metadata"]["uid"] != ours.get("uid") and not is_ours(live, sent):
        raise MecctlError(
            f"{title(live)} was deleted and made anew by someone else",
            why=f"written by: {', '.join(managers(live)) or 'unknown'}",
            fix="delete it, then run the same command again",
        )
    return live


def _without_ignored(client: KubeClient, goal: Goal, obj: Object) -> Object:
    """Return `obj` with the fields of ignore_changes as they are in the cluster, so that applying keeps them."""
    if not goal.ignore_changes:
        return obj
    metadata, sent = obj["metadata"], copy.deepcopy(obj)
    try:
        live = client.get(obj["apiVersion"], obj["kind"], metadata["name"], metadata.get("namespace"))
    except KubeError as error:
        if error.status == 404 and error.reason != "NoKind":
            raise _GoneError(None) from error
        raise
    for path in map(diff.parse, goal.ignore_changes):
        if "*" in path:
            raise MecctlError(f"ignore_changes {diff.text(path)!r} has a wildcard, which the engine doesn't know")
        diff.put(sent, path, diff.lookup(live, path))
    return sent
