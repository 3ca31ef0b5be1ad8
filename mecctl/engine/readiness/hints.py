"""The annotations by which a program says how to wait for an object, as pulumi-kubernetes reads them.

Source: pulumi-kubernetes provider/pkg/metadata/overrides.go. Those that can't be read are an error before anything is
made, where pulumi-kubernetes ignores some.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mecctl.engine.objects.objects import title
from mecctl.engine.objects.values import has_unknown
from mecctl.engine.readiness.custom import Expression
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from mecctl.engine.objects.objects import Object

_SKIP = "pulumi.com/skipAwait"
_WAIT_FOR = "pulumi.com/waitFor"
_SECONDS = "pulumi.com/timeoutSeconds"
_DELETION = "pulumi.com/deletionPropagationPolicy"
_POLICIES = ("Foreground", "Background", "Orphan")


def check(obj: Object) -> None:
    """Raise MecctlError for an annotation that can't be read; what isn't known yet is left alone."""
    if not has_unknown(obj["metadata"].get("annotations")):
        expressions(obj)
        timeout(obj)
        deletion(obj)


def skipped(obj: Object) -> bool:
    """Whether nothing is to be waited for."""
    return _said(obj, _SKIP) == "true"


def expressions(obj: Object) -> tuple[Expression, ...]:
    """Return what `pulumi.com/waitFor` asks for: one expression, or a JSON list of them."""
    if not (said := _said(obj, _WAIT_FOR)):
        return ()
    try:
        listed = json.loads(said)
    except ValueError:
        listed = [said]
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        raise _wrong(obj, _WAIT_FOR, said, "an expression, or a JSON list of expressions")
    return tuple(Expression.parse(one) for one in listed)


def timeout(obj: Object) -> float | None:
    """Return the seconds of `pulumi.com/timeoutSeconds`."""
    said = _said(obj, _SECONDS)
    try:
        return float(said) if said else None
    except ValueError as error:
        raise _wrong(obj, _SECONDS, said, "a number of seconds") from error


def deletion(obj: Object) -> str | None:
    """Return the propagation policy that `pulumi.com/deletionPropagationPolicy` names, in the API's spelling."""
    said = _said(obj, _DELETION)
    for policy in _POLICIES:
        if said.lower() == policy.lower():
            return policy
    if said:
        raise _wrong(obj, _DELETION, said, f"one of {', '.join(_POLICIES)}")
    return None


def _said(obj: Object, annotation: str) -> str:
    return str((obj["metadata"].get("annotations") or {}).get(annotation) or "")


def _wrong(obj: Object, annotation: str, said: str, wanted: str) -> MecctlError:
    return MecctlError(f"the annotation {annotation} of {title(obj)} is {said!r}", fix=f"write {wanted}")
