"""Looks at the object of one resource: is it there, is it the very one, and is it as the stack left it?

Like a preview it asks by a dry run, so that quantities, defaults and what others may set are no drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.engine.objects import diff
from mecctl.engine.objects.managed import setters
from mecctl.engine.objects.objects import Object, is_ours, is_terminating, live_of, managers, to_api
from mecctl.engine.run.finding import FieldDrift, Finding, Standing
from mecctl.engine.steps.patches import manager_of
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from mecctl.engine.clusters.providers import Providers
    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.diff import Path
    from mecctl.engine.state import Resource


@dataclass(frozen=True)
class Seen:
    """What was found, with the object as it is; None when it isn't there or can't be seen."""

    finding: Finding
    live: Object | None = None


def look(providers: Providers, one: Resource) -> Seen:
    """Find out how the object of `one` does; what can't be seen is a finding too, and never taken for deleted."""
    try:
        client = providers.known(one.provider)
    except MecctlError as error:
        return _seen(one, "unreachable", f"{error.what}: {error.why}")
    try:
        return _look(client, one)
    except KubeError as error:
        return _refused(client, one, error)
    except UnreachableError as error:
        return _seen(one, "unreachable", f"{error.what}: {error.why}")


def _look(client: KubeClient, one: Resource) -> Seen:
    known = live_of(one.outputs)
    live = client.get(known["apiVersion"], known["kind"], known["metadata"]["name"], known["metadata"].get("namespace"))
    if _is_another(live, known) and not one.is_patch and not is_ours(live, to_api(one.inputs)):
        return _seen(one, "not-ours", f"was made anew by {', '.join(managers(live)) or 'someone else'}", live)
    if is_terminating(live):
        return _seen(one, "changed", "is being deleted", live)
    return _compared(client, one, live)


def _is_another(live: Object, known: Object) -> bool:
    return bool(live["metadata"]["uid"] != known["metadata"].get("uid"))


def _compared(client: KubeClient, one: Resource, live: Object) -> Seen:
    try:
        wanted = client.apply(to_api(one.inputs), dry_run=True, force=True, manager=manager_of(one))
    except KubeError as error:
        if error.status != 422:
            raise
        return _changed(one, live, [diff.parse(field) for field, _, _ in error.causes])
    ignored = [diff.parse(path) for path in one.ignore_changes]
    paths = [path for path in diff.changed(live, wanted) if not diff.under(path, ignored)]
    return _changed(one, live, paths) if paths else _seen(one, "unchanged", "", live)


def _changed(one: Resource, live: Object, paths: list[Path]) -> Seen:
    fields = tuple(FieldDrift(diff.text(path), setters(live, path)) for path in paths)
    by = sorted({name for field in fields for name in field.by if name != manager_of(one)})
    reason = diff.reason(paths) + (f" (set by {', '.join(by)})" if by else "")
    return _seen(one, "changed", reason, live, fields)


def _refused(client: KubeClient, one: Resource, error: KubeError) -> Seen:
    if error.reason == "NoKind":
        return _without_kind(client, one)
    if error.missing:
        return _seen(one, "deleted", "is gone from the cluster")
    return _seen(one, "unreachable", f"the API server answered {error.status}: {error.message}")


def _without_kind(client: KubeClient, one: Resource) -> Seen:
    """Tell a kind that is gone, and its objects with it, from one that is served in another version only."""
    obj = to_api(one.inputs)
    try:
        others = client.versions(obj["apiVersion"], obj["kind"])
    except MecctlError as error:
        return _seen(one, "unreachable", error.what)
    if others:
        why = f"the API server serves {obj['kind']} as {', '.join(others)}, no longer as {obj['apiVersion']}"
        return _seen(one, "unreachable", why)
    return _seen(one, "deleted", f"the kind {obj['apiVersion']} {obj['kind']} is gone, and its objects with it")


def _seen(
    one: Resource, standing: Standing, reason: str, live: Object | None = None, fields: tuple[FieldDrift, ...] = ()
) -> Seen:
    return Seen(Finding(one.urn, one.type, one.name, one.id, standing, reason, fields), live)
