"""What the state will say of a resource, before anything is known of its object."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from mecctl.engine.objects import urn
from mecctl.engine.objects.kinds import PROVIDER
from mecctl.engine.objects.objects import to_api
from mecctl.engine.state import Resource
from mecctl.engine.state.stack import now

if TYPE_CHECKING:
    from mecctl.engine.objects.goal import Goal
    from mecctl.engine.objects.values import Properties


def draft(goal: Goal, inputs: Properties, old: Resource | None, parent: Resource | None) -> Resource:
    """Return the resource as the program describes it; what it doesn't say about itself, its component says for it."""
    inherit = parent if parent and parent.type != urn.STACK_TYPE else None
    protect, retain = goal.protect, goal.retain_on_delete
    return Resource(
        urn=goal.urn,
        type=goal.type,
        custom=goal.custom,
        inputs=inputs,
        parent=goal.parent,
        dependencies=goal.dependencies,
        property_dependencies={key: list(urns) for key, urns in goal.property_dependencies.items()},
        protect=bool(inherit and inherit.protect) if protect is None else protect,
        retain_on_delete=bool(inherit and inherit.retain_on_delete) if retain is None else retain,
        deleted_with=goal.deleted_with or (inherit.deleted_with if inherit else ""),
        import_id=goal.import_id,
        ignore_changes=goal.ignore_changes,
        timeouts=goal.timeouts,
        hooks=goal.hooks,
        created=old.created if old else now(),
        modified=old.modified if old else now(),
    )


def default_provider(stack: str, project: str, version: str, type_: str = PROVIDER) -> Resource:
    """Return the provider that Pulumi records for resources that name none, one for each `version` of an SDK."""
    return Resource(
        urn=urn.make(stack, project, type_, f"default_{version.replace('.', '_')}" if version else "default"),
        type=type_,
        custom=True,
        inputs={**({"version": version} if version else {}), "__internal": {}},
        outputs={"version": version} if version else {},
        id=str(uuid.uuid4()),
        created=now(),
        modified=now(),
    )


def promises(resource: Resource) -> set[str]:
    """Return what a resource brings that others may wait for, in the words of `Decision.missing`."""
    obj = to_api(resource.inputs) if resource.type.startswith("kubernetes:") else {}
    if obj.get("kind") == "Namespace":
        return {f"the namespace {obj['metadata'].get('name')}"}
    if obj.get("kind") == "CustomResourceDefinition":
        spec = obj["spec"]
        return {f"the kind {spec['group']}/{version['name']} {spec['names']['kind']}" for version in spec["versions"]}
    return set()
