"""Whether and how a workload moves between sites (ETSI GS MEC 021)."""

from typing import Annotated, Literal

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.types import Name

HttpPath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9._~/%-]*$", max_length=253)]


class Context(Model):
    """What goes along: what the workload exports over HTTP at its only port, or its volumes."""

    export: HttpPath | None = Field(None, description="Path that answers GET with the whole state.")
    import_: HttpPath | None = Field(
        None, alias="import", description="Path that takes such a state by POST, instead of its own."
    )
    volumes: bool = Field(False, description="Whether its volumes are copied, with its processes stopped for the rest.")


class Mobility(Model):
    """Lets a workload be moved by `mecctl app move`; both sites declare it alike, and a gate stands before each."""

    mode: Literal["not-allowed", "with-confirmation", "without-confirmation"] = Field(
        description="Whether it may be moved, and whether somebody has to confirm each move."
    )
    home: Name = Field(description="Name of the site where it is before it was ever moved.")
    context: Context | None = Field(None, description="How its state is carried over; it has none if left out.")

    @property
    def volumes(self) -> bool:
        """Whether its volumes go along."""
        return self.context is not None and self.context.volumes
