"""What Pulumi's CLI tells of a run (pulumi/pulumi sdk/go/common/apitype/events.go), in the engine's own terms.

The CLI has masked secrets in its events already; a replacement is told by its `replace` step alone, whose parts
(`create-replacement`, `delete-replaced`) are nobody's wish.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from pulumi.automation import OpType

from mecctl.engine.objects import diff, urn
from mecctl.engine.objects.fields import FieldDiff, of_new
from mecctl.engine.run.events import Deaf, Event
from mecctl.engine.run.failures import Failure
from mecctl.engine.run.finding import FieldDrift, Finding, Standing
from mecctl.engine.run.outcome import ResourceAction, ResourceChange
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from pulumi.automation import DiagnosticEvent, EngineEvent, StepEventMetadata

    from mecctl.engine.run.events import Listener

_ACTIONS: dict[OpType, ResourceAction] = {
    OpType.CREATE: "create",
    OpType.IMPORT: "import",
    OpType.UPDATE: "update",
    OpType.REPLACE: "replace",
    OpType.DELETE: "delete",
}
_STANDINGS: dict[OpType, Standing] = {
    OpType.SAME: "unchanged",
    OpType.REFRESH: "unchanged",
    OpType.UPDATE: "changed",
    OpType.DELETE: "deleted",
}
_REASONS = {"create": "is new", "delete": "is no longer in the program", "import": "is adopted"}
_COLOUR = re.compile(r"<\{%.*?%\}>")
_UNREACHABLE = re.compile(r"cluster is unreachable|connection refused|no route to host|i/o timeout", re.IGNORECASE)


class Heard:
    """Takes the events of one run, from any thread; `dry` when the run is a preview, which ends no step."""

    def __init__(self, listener: Listener | None, *, dry: bool) -> None:
        self._listener, self._dry = listener or Deaf(), dry
        self._lock = threading.Lock()
        self._changes: list[ResourceChange] = []
        self._findings: list[Finding] = []
        self.failures: list[Failure] = []

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.diagnostic_event:
            self._said(event.diagnostic_event)
        elif event.resource_pre_event:
            self._step(event.resource_pre_event.metadata, "running", keep=self._dry)
        elif event.res_outputs_event:
            self._step(event.res_outputs_event.metadata, "done", keep=not self._dry)
        elif event.res_op_failed_event:
            self._listener.resource(Event(event.res_op_failed_event.metadata.urn, "failed"))

    @property
    def changes(self) -> tuple[ResourceChange, ...]:
        """What was done, or would be, in the order of URNs, deletes last."""
        with self._lock:
            return tuple(sorted(self._changes, key=lambda change: (change.action == "delete", change.urn)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """How objects do, after a refresh."""
        with self._lock:
            return tuple(sorted(self._findings, key=lambda one: one.urn))

    def _step(self, step: StepEventMetadata, state: Any, *, keep: bool) -> None:  # noqa: ANN401 - one of State
        now = step.new or step.old
        about = (now.parent if now else "", step.type, urn.name(step.urn))
        same = step.op in (OpType.SAME, OpType.READ)
        self._listener.resource(Event(step.urn, "seen", "", *about))
        self._listener.resource(Event(step.urn, "same" if same else state, step.op.value, *about))
        if not step.type.startswith("kubernetes:") or not (now and now.custom):
            return
        with self._lock:
            if keep and step.op in _ACTIONS:
                self._changes.append(change_of(step))
            if step.op in _STANDINGS and state == "done":
                self._findings.append(finding_of(step))

    def _said(self, event: DiagnosticEvent) -> None:
        text = _COLOUR.sub("", event.message).strip()
        if event.severity == "error":
            kind = UnreachableError if _UNREACHABLE.search(text) else MecctlError
            named = event.urn and f"{urn.types(event.urn).rpartition('$')[2]} {urn.name(event.urn)}"
            with self._lock:
                self.failures.append(Failure(event.urn or "", named or "the program", kind(text)))
        elif event.urn and text:
            self._listener.resource(Event(event.urn, "waiting", text.splitlines()[0]))


def change_of(step: StepEventMetadata) -> ResourceChange:
    """Return a step on a Kubernetes object as a change."""
    action = _ACTIONS[step.op]
    paths = _paths(step)
    reason = _REASONS.get(action) or diff.reason(paths)
    if action == "create" and step.new:
        fields = of_new(dict(step.new.inputs or {}))
    else:
        fields = () if action == "delete" else tuple(_field(step, path) for path in paths)
    return ResourceChange(step.urn, step.type, urn.name(step.urn), action, reason, _object(step), fields)


def finding_of(step: StepEventMetadata) -> Finding:
    """Return a step of a refresh as what became of an object."""
    standing = _STANDINGS[step.op]
    paths = _paths(step) if standing == "changed" else []
    reason = {"deleted": "is gone from the cluster", "changed": diff.reason(paths)}.get(standing, "")
    drift = tuple(FieldDrift(diff.text(path)) for path in paths)
    return Finding(step.urn, step.type, urn.name(step.urn), _object(step), standing, reason, drift)


def _paths(step: StepEventMetadata) -> list[diff.Path]:
    return [diff.parse(path) for path in sorted(step.detailed_diff or step.diffs or ())]


def _field(step: StepEventMetadata, path: diff.Path) -> FieldDiff:
    before, after = (diff.lookup(side.inputs, path) if side and side.inputs else None for side in (step.old, step.new))
    return FieldDiff(diff.text(path), before, after)


def _object(step: StepEventMetadata) -> str:
    """Return `namespace/name`: the id, or before there is one what the inputs say."""
    known = (step.new and step.new.id) or (step.old and step.old.id)
    metadata = diff.lookup(step.new.inputs, ("metadata",)) if step.new and step.new.inputs else None
    if known or not isinstance(metadata, dict):
        return known or ""
    return "/".join(str(part) for part in (metadata.get("namespace"), metadata.get("name")) if part)
