"""Where the parts of a stack's state are, as Pulumi's file backend lays them out (pkg/backend/diy/store.go).

Keys are paths with slashes, below the place that holds the state. What is mecctl's own stands outside of `.pulumi/`.
"""

from __future__ import annotations

from dataclasses import dataclass

META = ".pulumi/meta.yaml"
STACKS = ".pulumi/stacks/"
PROJECT_SCOPED = b"version: 1\n"  # what META says of this layout (pkg/backend/diy/meta.go)


@dataclass(frozen=True)
class Layout:
    """The keys of one stack."""

    project: str
    stack: str

    @property
    def checkpoint(self) -> str:
        """What the stack consists of."""
        return f"{STACKS}{self.project}/{self.stack}.json"

    @property
    def history(self) -> str:
        """The folder of what past runs did, and the checkpoint that each left."""
        return f".pulumi/history/{self.project}/{self.stack}/"

    @property
    def backups(self) -> str:
        """The folder of the checkpoints that past runs left."""
        return f".pulumi/backups/{self.project}/{self.stack}/"

    @property
    def locks(self) -> str:
        """The folder of notes that say who is at work."""
        return f".pulumi/locks/organization/{self.project}/{self.stack}/"

    @property
    def journal(self) -> str:
        """What has happened since the checkpoint was written, without an ending."""
        return f"journal/{self.project}/{self.stack}"
