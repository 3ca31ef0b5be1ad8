"""What has to happen to an object, found by asking the API server; a preview and `up` ask the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.engine.objects.objects import Object, applied_by, is_ours, is_terminating, live_of, managers
from mecctl.engine.objects.values import has_unknown
from mecctl.engine.readiness import judge
from mecctl.engine.steps.compare import compare
from mecctl.engine.steps.decision import Decision, GoneError, Query, identity
from mecctl.engine.steps.foresee import foresee, is_unnamed
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.state import Resource

_RENAMED = "its name or namespace changes"


def decide(query: Query, old: Resource | None) -> Decision:
    """Compare what is wanted with what is there.

    `old` is the resource in state, None for a new one. Raises MecctlError for an object that is someone else's, and
    what the API server refuses.
    """
    obj = query.obj
    if has_unknown(obj) and not query.rehearse:
        raise MecctlError("it needs a value that nothing in this run has given", fix="see what should give it")
    if is_unnamed(obj):
        return Decision("replace", _RENAMED) if old else Decision("create", "is new")
    try:
        if old is None:
            return _patched(query, old) if query.is_patch else _new(query)
        if identity(query.client, obj) != old.id:
            found = _patched(query, None) if query.is_patch else _new(query)
            renamed = Decision("replace", _RENAMED, found.live, found.wanted, found.missing)
            return replace(renamed, force=found.force)
        return _patched(query, old) if query.is_patch else _known(query, old)
    except KubeError as error:
        if error.reason != "NoKind":
            raise
        reason = "is gone from the cluster" if old else "is new"
        return Decision("create", reason, missing=f"the kind {obj['apiVersion']} {obj['kind']}")


def _new(query: Query, reason: str = "is new") -> Decision:
    try:
        live = query.get()
    except KubeError as error:
        if not error.unfound:
            raise
        tried = query.rehearse and not has_unknown(query.obj)
        return _rehearsed(query, reason) if tried else Decision("create", reason)
    if is_terminating(live):
        return Decision("create", "is being deleted", live)
    if not is_ours(live, query.obj):
        raise MecctlError(
            f"{query.title} exists already and wasn't made by mecctl",
            why=f"written by: {', '.join(managers(live)) or 'unknown'}",
            fix="delete it if it isn't needed, or take it out of the program",
        )
    try:
        return _compare(query, live)
    except GoneError as gone:
        return Decision("create", reason, gone.live)


def _rehearsed(query: Query, reason: str) -> Decision:
    try:
        return Decision("create", reason, wanted=query.client.apply(query.obj, dry_run=True, manager=query.manager))
    except KubeError as error:
        # The server names the namespace that it misses; the object itself can't be missed here.
        if not error.unfound:
            raise
        return Decision("create", reason, missing=f"the namespace {query.obj['metadata'].get('namespace')}")


def _patched(query: Query, old: Resource | None) -> Decision:
    """Decide about fields of an object that something else manages, which is made when it isn't there."""
    reason = "is gone from the cluster" if old and old.outputs else "is new"
    try:
        live = query.get()
    except KubeError as error:
        if not error.missing:
            raise
        return _rehearsed(query, reason) if query.rehearse else Decision("create", reason)
    if is_terminating(live):
        return Decision("create", "is being deleted", live)
    try:
        found = compare(query, live)
    except GoneError as gone:
        return Decision("create", reason, gone.live)
    if old is None and not applied_by(live, query.manager):
        return replace(found, action="create", reason=f"{reason}: {found.reason}" if found.reason else reason)
    return replace(found, action="update") if found.action == "replace" else found


def _known(query: Query, old: Resource) -> Decision:
    if not old.outputs:
        return _new(query)
    try:
        found = _compare(query, live_of(old.outputs))
        if found.action == "same" and old.init_errors and found.live and not judge(found.live).ready:
            return replace(found, action="update", reason="is not ready yet")
        return found
    except GoneError as gone:
        if gone.live is None:
            return _new(query, "is gone from the cluster")
        return Decision("create", "is being deleted", gone.live)


def _compare(query: Query, known: Object) -> Decision:
    return foresee(query, known) if has_unknown(query.obj) else compare(query, known)
