"""Adopts an object that is there already, when it is what the program says (`import_`).

As with Pulumi's own import (pulumi/pulumi pkg/resource/deploy/step.go, ImportStep) a difference is an error; fields
that the program doesn't mention are no difference, for they stay with whoever set them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.engine.objects import diff
from mecctl.engine.objects.objects import is_terminating
from mecctl.engine.objects.values import has_unknown, is_secret
from mecctl.engine.steps.compare import without_ignored
from mecctl.engine.steps.decision import Decision, GoneError, Query, identity
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.objects.objects import Object
    from mecctl.engine.state import Resource

_REASON = "is taken over as it is"


def wanted(goal: Goal, old: Resource | None) -> bool:
    """Whether a resource is still to be imported. Raises MecctlError when it stands for another object already."""
    if not goal.import_id or not goal.custom:
        return False
    if old is None:
        return True
    if goal.import_id in (old.id, old.import_id):
        return False
    raise MecctlError(
        f"it is to be imported as {goal.import_id}, but stands for {old.id} already",
        fix="take import_ out, or give the resource another name",
    )


def named(goal: Goal) -> Goal:
    """Return the goal with the name and namespace of its import id where the program leaves them out."""
    metadata = goal.inputs.get("metadata") or {}
    if not isinstance(metadata, dict) or is_secret(metadata) or metadata.get("name"):
        return goal
    namespace, _, name = goal.import_id.rpartition("/")
    given = {"namespace": namespace} if namespace else {}
    return replace(goal, inputs={**goal.inputs, "metadata": {**given, **metadata, "name": name}})


def adopt(query: Query) -> Decision:
    """Decide about an import. Raises MecctlError when the object isn't there or isn't what the program says."""
    id_, obj = query.goal.import_id, query.obj
    if query.is_patch:
        raise MecctlError("a patch has no object of its own to import", fix="take import_ out")
    if has_unknown(obj):
        return Decision("import", _REASON)
    if (own := identity(query.client, obj)) != id_:
        raise MecctlError(f"it is to be imported as {id_}, but describes {own}", fix="make both name the same object")
    try:
        live = query.get()
        sent = without_ignored(query)
    except KubeError as error:
        if not error.unfound:
            raise
        raise _absent(query, "there is none") from error
    except GoneError as error:
        raise _absent(query, "it went just now") from error
    if is_terminating(live):
        raise _absent(query, "it is being deleted")
    return _compared(query, live, sent)


def _compared(query: Query, live: Object, sent: Object) -> Decision:
    try:
        made = query.client.apply(sent, dry_run=True, force=True)
    except KubeError as error:
        if error.status != 422:
            raise
        paths = [diff.parse(field) for field, _, _ in error.causes]
    else:
        paths = diff.changed(live, made)
    if not paths:
        return Decision("import", _REASON, live, made, sent=sent, force=True)
    raise MecctlError(
        f"{query.title} can't be imported, for it isn't what the program says: {diff.reason(paths)}",
        fix="make the program say what is there, import it, and change it afterwards",
    )


def _absent(query: Query, why: str) -> MecctlError:
    return MecctlError(
        f"{query.title} can't be imported", why=why, fix="take import_ out to have the object made, or mend the id"
    )
