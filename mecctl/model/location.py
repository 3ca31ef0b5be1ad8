"""Where something stands on the earth."""

from typing import Annotated

from pydantic import Field, Strict

from mecctl.model.base import Model
from mecctl.model.types import CountryCode


class Location(Model):
    """Where a site stands."""

    country: CountryCode | None = Field(None, description="ISO 3166-1 alpha-2 code, for example DE.")
    latitude: Annotated[float, Strict(), Field(ge=-90, le=90)] | None = Field(
        None, description="Degrees north (WGS 84)."
    )
    longitude: Annotated[float, Strict(), Field(ge=-180, le=180)] | None = Field(
        None, description="Degrees east (WGS 84)."
    )
