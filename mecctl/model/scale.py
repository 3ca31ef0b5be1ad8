"""How many replicas a workload has when that follows its load."""

from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from mecctl.model.base import Model
from mecctl.model.types import fault

Replicas = Annotated[int, Strict(), Field(ge=1, le=1000)]


class Scale(Model):
    """From `min` to `max` replicas, as many as keep their CPU near `cpu` percent of what they request."""

    min: Replicas = Field(1, description="The fewest replicas.")
    max: Replicas = Field(description="The most replicas.")
    cpu: Annotated[int, Strict(), Field(ge=1, le=1000)] = Field(
        70, description="Percent of the CPU they request that replicas shall use on average."
    )

    @model_validator(mode="after")
    def _room(self) -> Self:
        if self.max <= self.min:
            raise fault(f"max {self.max} leaves no room above min {self.min}", "a greater max, or replicas instead")
        return self
