"""What a run is asked to do, beside its program."""

from __future__ import annotations

from dataclasses import dataclass

from mecctl.engine.run.targets import ALL, Targets


@dataclass(frozen=True)
class Mode:
    """`dry` changes nothing; `targets` leaves all else as it is; `force_conflicts` takes over others' fields.

    `kind` is what Pulumi's history calls it.
    """

    dry: bool = False
    targets: Targets = ALL
    force_conflicts: bool = False
    kind: str = "update"
