"""A fault of one node, as a look at it finds it before anything changes."""

from __future__ import annotations

from dataclasses import dataclass

from mecctl.errors import MecctlError


@dataclass(frozen=True)
class Finding:
    """A fault of one node: which check, what is wrong, why, how to mend it, or the error that kept us from looking."""

    node: str
    check: str
    what: str
    cause: str | None = None
    fix: str | None = None
    error: MecctlError | None = None

    def as_error(self) -> MecctlError:
        """This finding as an error of its node."""
        return self.error or MecctlError(self.what, where=f"{self.node}: {self.check}", why=self.cause, fix=self.fix)
