"""Programs that run inside a slice."""

from typing import Annotated

from pydantic import Field, Strict

from mecctl.model.base import Model
from mecctl.model.discovery import Record
from mecctl.model.quantity import Cpu, Memory
from mecctl.model.secret import EnvValue, Reference
from mecctl.model.types import Cidr, EnvName, Image, Name, Port, ServiceName


class Resources(Model):
    """What one replica is given; request and limit alike."""

    cpu: Cpu | None = Field(None, description="CPU in cores or millicores, for example 500m.")
    memory: Memory | None = Field(None, description="Memory with its unit, for example 128Mi.")


class Workload(Model):
    """A container that runs in a slice, and its Service."""

    name: ServiceName = Field(description="Name of the Deployment and the Service; no two workloads share one.")
    slice: Name = Field(description="Name of the slice it runs in.")
    image: Image = Field(description="Container image with its tag or digest.")
    replicas: Annotated[int, Strict(), Field(ge=1, le=1000)] = Field(1, description="Number of pods.")
    ports: tuple[Port, ...] = Field((), description="TCP ports it listens on; each is a port of its Service.")
    command: tuple[str, ...] = Field((), description="Program to start instead of the image's own.")
    args: tuple[str, ...] = Field((), description="Arguments of the program.")
    env: dict[EnvName, EnvValue] = Field(
        default_factory=dict,
        description="Environment variables: a text, or for a secret fromSecret, fromEnv or fromFile.",
    )
    resources: Resources | None = Field(None, description="What one replica is given; the slice's default if left out.")

    outside: tuple[Cidr, ...] = Field(
        (), description="IPv4 ranges outside the site whose clients may find it by name and connect to its ports."
    )
    dns: tuple[Record, ...] = Field((), description="More names of it beside <workload>.<slice>.<domain>.")

    @property
    def plain_env(self) -> dict[str, str]:
        """The environment variables whose values stand in the site file."""
        return {name: value for name, value in self.env.items() if isinstance(value, str)}

    @property
    def secret_env(self) -> dict[str, Reference]:
        """The environment variables whose values are secret, and where these are."""
        return {name: value for name, value in self.env.items() if isinstance(value, Reference)}
