"""How workloads are found by name, and the sites that are asked for each other's names."""

from typing import Annotated

from pydantic import Field, Strict

from mecctl.model.base import Model
from mecctl.model.location import Location
from mecctl.model.types import Address, DomainName, Name


class Discovery(Model):
    """The site's own domain: every workload with ports is `<workload>.<slice>.<domain>`."""

    domain: DomainName = Field(description="The domain that the site answers for, for example mec.lab.")
    addresses: tuple[Name | Address, ...] = Field(
        (), description="Nodes, by name or address, that answer clients outside the site on port 53; none if left out."
    )


class Peer(Model):
    """Another site whose names this one passes on."""

    name: Name = Field(description="The other site's name.")
    domain: DomainName = Field(description="The domain that it answers for.")
    addresses: tuple[Address, ...] = Field(min_length=1, description="Where it answers, on port 53.")
    location: Location | None = Field(None, description="Where it stands.")


class Record(Model):
    """One more name of a workload."""

    name: DomainName = Field(description="The whole name, for example video.example.com.")
    ttl: Annotated[int, Strict(), Field(ge=1, le=3600)] = Field(
        1, description="Seconds for which an answer may be kept; longer means behind a pod that goes."
    )
