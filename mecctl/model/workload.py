"""Programs that run inside a slice."""

from typing import Self

from pydantic import Field, model_validator

from mecctl.model.base import Model
from mecctl.model.discovery import Record
from mecctl.model.file import ConfigFile
from mecctl.model.machine import Machine, filled
from mecctl.model.mobility import Mobility
from mecctl.model.node import Arch
from mecctl.model.notes import check_notes
from mecctl.model.port import ServicePort
from mecctl.model.probe import Probes
from mecctl.model.quantity import Cpu, Duration, Memory
from mecctl.model.scale import Replicas, Scale
from mecctl.model.secret import EnvValue, Reference
from mecctl.model.service import ProvidedService, ServiceText
from mecctl.model.storage import Storage
from mecctl.model.types import Cidr, EnvName, Image, Name, NoteKey, ServiceName


class Resources(Model):
    """What one replica is given; request and limit alike."""

    cpu: Cpu | None = Field(None, description="CPU in cores or millicores, for example 500m.")
    memory: Memory | None = Field(None, description="Memory with its unit, for example 128Mi.")


class Workload(Model):
    """A container or a virtual machine that runs in a slice, and its Service."""

    name: ServiceName = Field(description="Name of the Deployment and the Service; no two workloads share one.")
    slice: Name = Field(description="Name of the slice it runs in.")
    image: Image = Field(
        description="Container image with its tag or digest; of a virtual machine the one of its disk."
    )
    vm: Machine | None = Field(None, description="A virtual machine instead of a container.")
    replicas: Replicas = Field(1, description="Number of pods.")
    scale: Scale | None = Field(None, description="Number of pods by their load, instead of replicas.")
    ports: tuple[ServicePort, ...] = Field(
        (), description="Ports it listens on, each a port of its Service: TCP port numbers, or port and protocol."
    )
    command: tuple[str, ...] = Field((), description="Program to start instead of the image's own.")
    args: tuple[str, ...] = Field((), description="Arguments of the program.")
    env: dict[EnvName, EnvValue] = Field(
        default_factory=dict,
        description="Environment variables: a text, or for a secret fromSecret, fromEnv or fromFile.",
    )
    files: tuple[ConfigFile, ...] = Field((), description="Files the program finds, read-only; new ones roll the pods.")
    storage: tuple[Storage, ...] = Field((), description="Volumes that outlive the pods; makes it a StatefulSet.")
    probes: Probes = Field(default_factory=Probes, description="How it is found out whether the program serves.")
    resources: Resources | None = Field(None, description="What one replica is given; the slice's default if left out.")
    architecture: Arch | None = Field(None, description="Only nodes of this processor architecture; any if left out.")
    pool: Name | None = Field(None, description="Only nodes of this pool; those of its slice if left out.")
    maximum_latency: Duration | None = Field(
        None, description="Longest one-way delay between users and it; only nodes whose latency is no longer."
    )
    requires: tuple[ServiceText, ...] = Field(
        (), description="MEC services it needs, each of a workload that provides it; it starts after that."
    )
    provides: tuple[ProvidedService, ...] = Field((), description="MEC services it produces for other workloads.")
    mobility: Mobility | None = Field(None, description="Whether and how it moves to another site; not if left out.")
    annotations: dict[NoteKey, str] = Field(
        default_factory=dict, description="Notes on the Deployment (mec.io/...), such as what an AppD says."
    )

    @model_validator(mode="before")
    @classmethod
    def _of_machine(cls, data: object) -> object:
        return filled(data)

    @model_validator(mode="after")
    def _notes_fit(self) -> Self:
        check_notes(self.annotations)
        return self

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

    @property
    def secret_files(self) -> dict[str, Reference]:
        """The paths of the files that are secret, and where their content is."""
        return {file.path: file.reference for file in self.files if file.reference}

    @property
    def secrets(self) -> dict[str, Reference]:
        """All secret values by variable or path, which starts with a slash, so that no two are the same."""
        return {**self.secret_env, **self.secret_files}

    @property
    def fewest(self) -> int:
        """The fewest replicas there are when all is well."""
        return self.scale.min if self.scale else self.replicas

    @property
    def most(self) -> int:
        """The most replicas there may be."""
        return self.scale.max if self.scale else self.replicas

    @property
    def gated(self) -> bool:
        """Whether a gate stands before its pods, by which it moves."""
        return self.mobility is not None and self.mobility.mode != "not-allowed"

    @property
    def carried(self) -> bool:
        """Whether its volumes go along when it moves, so that it has pods at one site only."""
        return self.gated and self.mobility is not None and self.mobility.volumes

    def is_home(self, site: str) -> bool:
        """Whether it is at this site before it was ever moved."""
        return self.mobility is not None and self.mobility.home == site

    @property
    def kind(self) -> str:
        """What it is in Kubernetes, of apps/v1."""
        return "StatefulSet" if self.storage else "Deployment"

    @property
    def tcp_ports(self) -> tuple[ServicePort, ...]:
        """Its TCP ports."""
        return tuple(port for port in self.ports if port.protocol == "TCP")
