"""The site's line to the outside. Its directions are the site's own; a slice's are those of the mobile network."""

from pydantic import Field, model_validator

from mecctl.model.base import Model
from mecctl.model.quantity import BitRate


class Line(Model):
    """What the line carries, each way."""

    egress: BitRate = Field(description="What leaves the site: the slices' downlink, towards the users.")
    ingress: BitRate = Field(description="What reaches the site: the slices' uplink, from the users.")

    @model_validator(mode="before")
    @classmethod
    def _both_ways(cls, value: object) -> object:
        return {"egress": value, "ingress": value} if isinstance(value, str) else value
