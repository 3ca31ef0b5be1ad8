"""Compares an object that is there with what a program wants, by asking the API server what it would make of it."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Literal

from mecctl.engine.kube import ConflictError, KubeError
from mecctl.engine.objects import diff
from mecctl.engine.objects.kinds import fixed
from mecctl.engine.objects.objects import Object, applicable, is_ours, is_terminating, managers, title
from mecctl.engine.steps.decision import Decision, GoneError, Query
from mecctl.errors import MecctlError


def compare(query: Query, known: Object) -> Decision:
    """Compare with the object `known` from state or just read; GoneError when it isn't there any more."""
    sent = without_ignored(query)
    try:
        wanted, created, taken = _rehearse(query, sent)
    except KubeError as error:
        if error.unfound:
            raise GoneError(None) from error
        if error.status == 422 and not query.is_patch and (paths := fixed(sent["kind"], error.causes)):
            return Decision("replace", f"{', '.join(paths)} can't be changed in place", known)
        raise
    if created:
        raise GoneError(None)
    live = _live(query, wanted, known)
    if is_terminating(live):
        raise GoneError(live)
    found = Decision("same", live=live, wanted=wanted, sent=sent, force=bool(taken))
    paths_changed = diff.changed(live, wanted)
    if not paths_changed:
        return found
    watched = [diff.parse(path) for path in query.goal.replace_on_changes]
    action: Literal["replace", "update"] = "update"
    if any(diff.under(path, watched) for path in paths_changed):
        action = "replace"
    return replace(found, action=action, reason=diff.reason(paths_changed) + taken)


def _rehearse(query: Query, obj: Object) -> tuple[Object, bool, str]:
    """Apply as a dry run; a text says whose fields that takes away.

    A person's edit behind the program's back is a difference to mend. What another program (an autoscaler, say) has
    taken over is a conflict that only people can settle: ConflictError, unless they said to go over it.
    """
    try:
        return *query.client.apply_status(obj, dry_run=True, manager=query.manager), ""
    except ConflictError as conflict:
        owners = sorted({manager for manager, _ in conflict.owners})
        whole = not query.is_patch  # a patch sets fields of what others edit
        edited = whole and bool(owners) and all(owner.startswith("kubectl") for owner in owners)
        if not edited and not query.force:
            raise
        if edited:
            taken = f" (edited by {', '.join(owners)})"
        else:
            held = ", ".join(f"{field} from {manager}" for manager, field in conflict.owners)
            taken = f" (taken over: {held})"
    return *query.client.apply_status(obj, dry_run=True, force=True, manager=query.manager), taken


def _live(query: Query, wanted: Object, known: Object) -> Object:
    """Return the object as it is: `known` if it is still at the version that the dry run started from."""
    theirs, ours = wanted["metadata"], known["metadata"]
    if theirs.get("resourceVersion") == ours.get("resourceVersion") and theirs.get("uid") == ours.get("uid"):
        return known
    live = query.get()
    if live["metadata"]["uid"] != ours.get("uid") and not is_ours(live, query.obj):
        raise MecctlError(
            f"{title(live)} was deleted and made anew by someone else",
            why=f"written by: {', '.join(managers(live)) or 'unknown'}",
            fix="delete it, then run the same command again",
        )
    return live


def without_ignored(query: Query) -> Object:
    """Return the object with the fields of ignore_changes as they are in the cluster, so that applying keeps them."""
    if not query.goal.ignore_changes:
        return query.obj
    sent = copy.deepcopy(query.obj)
    try:
        live = query.get()
    except KubeError as error:
        if error.unfound:
            raise GoneError(None) from error
        raise
    for pattern in map(diff.parse, query.goal.ignore_changes):
        for path in diff.expand(pattern, live, sent):
            diff.put(sent, path, diff.lookup(live, path))
    return applicable(sent)
