"""Resource hooks: functions of a program that run before and after its resources are created, updated and deleted.

What Pulumi does holds (pulumi/pulumi pkg/resource/deploy/deployment.go, RunHooks): a before hook that fails fails its
resource before anything is done; an after hook that fails fails the run, not the resource; with `ignore_errors` it is
only told; a preview runs those that want it. Which hooks a resource has is in the state, what they do in the program.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.state import Resource

Verb = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True)
class Occasion:
    """What a hook is told: the resource as it is to be (`new`) and as it was (`old`), None where there is none.

    `made` says whether the outputs of `new` are known, as they are after the fact.
    """

    new: Resource | None
    old: Resource | None
    made: bool

    @property
    def resource(self) -> Resource:
        """The resource whose hooks run."""
        if (found := self.new or self.old) is None:
            raise ValueError("a hook runs for a resource")
        return found


@dataclass(frozen=True)
class Hook:
    """A function of the program, which raises MecctlError when it fails."""

    run: Callable[[Occasion], None]
    on_dry_run: bool = False
    ignore_errors: bool = False


class Hooks:
    """The hooks that a program has registered, by name; safe between threads."""

    def __init__(self, ledger: Ledger, *, dry: bool) -> None:
        self._ledger = ledger
        self._dry = dry
        self._lock = threading.Lock()
        self._hooks: dict[str, Hook] = {}

    def add(self, name: str, hook: Hook) -> None:
        """Take a hook. Raises MecctlError when there is one of this name."""
        with self._lock:
            if self._hooks.setdefault(name, hook) is not hook:
                raise MecctlError(f"the program has two hooks named {name!r}", fix="rename one of them")

    @contextmanager
    def around(self, verb: Verb, new: Resource | None, old: Resource | None) -> Iterator[Callable[[Resource], None]]:
        """Run the before hooks, let the caller act and tell what it made, and run the after hooks.

        Raises MecctlError when a before hook fails.
        """
        self.before(verb, new, old)
        made = [new] if new else []
        yield made.append
        self.after(verb, made[-1] if made else None, old)

    def before(self, verb: Verb, new: Resource | None, old: Resource | None) -> None:
        """Run the before hooks. Raises MecctlError when one fails."""
        self._run(f"Before{verb}", Occasion(new, old, made=False))

    def after(self, verb: Verb, new: Resource | None, old: Resource | None) -> None:
        """Run the after hooks; one that fails is kept as a failure of the run, for the deed is done."""
        occasion = Occasion(new, old, made=True)
        try:
            self._run(f"After{verb}", occasion)
        except MecctlError as error:
            resource = occasion.resource
            self._ledger.fail("", f"{resource.type} {resource.name}", error)

    def _run(self, moment: str, occasion: Occasion) -> None:
        for name in occasion.resource.hooks.get(moment, ()):
            hook = self._find(name)
            if self._dry and not hook.on_dry_run:
                continue
            try:
                hook.run(occasion)
            except MecctlError as error:
                if not hook.ignore_errors:
                    raise MecctlError(f"its hook {name!r} ({moment}) failed", why=error.what) from error
                self._ledger.log(f"{occasion.resource.name}: the hook {name!r} ({moment}) failed: {error.what}")

    def _find(self, name: str) -> Hook:
        with self._lock:
            if name in self._hooks:
                return self._hooks[name]
        raise MecctlError(
            f"its hook {name!r} is not there",
            why="a hook is a function of a program, and no program that has it is running",
            fix="take the resource out of the program but leave the hook in it, and run up",
        )
