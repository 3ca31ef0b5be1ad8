"""The whole site, as its site.yaml declares it."""

from typing import Literal

from pydantic import Field, model_validator

from mecctl.model.base import Model
from mecctl.model.discovery import Discovery, Peer
from mecctl.model.kubernetes import Kubernetes
from mecctl.model.line import Line
from mecctl.model.location import Location
from mecctl.model.node import Access, Node
from mecctl.model.policy import Policy
from mecctl.model.quantity import Duration, Memory
from mecctl.model.slice import Slice
from mecctl.model.system import OperatingSystem
from mecctl.model.types import Image, LabelKey, LabelValue, Name, or_text
from mecctl.model.workload import Workload

KUBEVIRT = ("kubevirt.io/v1", "VirtualMachine")
LAB_PRIVATE_KEY = ".mecctl/lab/id_ed25519"
LAB_KNOWN_HOSTS = ".mecctl/lab/known_hosts"


class Metadata(Model):
    """What the site is called."""

    name: Name = Field(description="The site's name.")
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict, description="Free key/value labels of the site.")


class Machines(Model):
    """What runs virtual machines."""

    by: Literal["qemu", "kubevirt"] = Field(
        "qemu", description="qemu: QEMU in an ordinary pod; kubevirt: VirtualMachines of the KubeVirt in the cluster."
    )
    image: Image | None = Field(
        None, description="Image with qemu-system-x86_64, qemu-img, mtools and Python 3.11 for qemu; a lab has its own."
    )


class Platform(Model):
    """Services every slice of the site may use."""

    discovery: Discovery | None = Field(None, description="Makes workloads found by name, inside and outside.")
    gate: Image | None = Field(
        None, description="Image with HAProxy 2.6 and Python 3.11, before workloads that move; a lab has its own."
    )
    machines: Machines | None = Field(None, description="What runs virtual machines; QEMU in a pod if left out.")


class Lab(Model):
    """Says that the nodes are made on this machine by `mecctl lab up`."""

    driver: Literal["podman", "vagrant"] = Field(
        "podman",
        description="podman: every node is a container with its own systemd; vagrant: a virtual machine with its own "
        "kernel, by libvirt and QEMU.",
    )
    machines: tuple[str, ...] = Field(
        (),
        description="Names of the nodes that are virtual machines where the driver is podman; one of another "
        "architecture than this machine's is emulated.",
    )
    release: Literal["bookworm", "trixie"] = Field(
        "bookworm", description="Debian's release on virtual machines: bookworm is 12, trixie 13."
    )
    cpus: int = Field(2, ge=1, le=64, description="Processors of each virtual machine.")
    memory: Memory = Field("3Gi", description="Memory of each virtual machine with its unit.")
    userspace_wireguard: bool = Field(
        default=False,
        description="Lets containers encrypt by WireGuard in a program of Cilium's where this machine's kernel, which "
        "is theirs, has none.",
    )


class SiteSpec(Model):
    """What the site is made of."""

    location: Location | None = Field(None, description="Where the site stands.")
    access: Access = Field(description="How mecctl logs in to every node; a lab has its own and may leave it out.")
    nodes: tuple[Node, ...] = Field(min_length=1, description="The machines of the site.")
    uplink: Line | None = Field(
        None,
        description="The site's line to the outside: a rate each way, or egress and ingress.",
        json_schema_extra=or_text,
    )
    latency: Duration | None = Field(
        None, description="One-way delay between users and the site's nodes, as the access network's operator tells it."
    )
    os: OperatingSystem = Field(default_factory=OperatingSystem, description="The operating system of every node.")
    kubernetes: Kubernetes = Field(description="The Kubernetes of the site.")
    platform: Platform = Field(default_factory=Platform, description="Services every slice of the site may use.")
    slices: tuple[Slice, ...] = Field((), description="The network slices of the site.")
    workloads: tuple[Workload, ...] = Field((), description="The programs that run in the slices.")
    policies: tuple[Policy, ...] = Field((), description="The only openings between slices.")
    peers: tuple[Peer, ...] = Field((), description="Other sites, whose names this one passes on.")
    engine: Literal["auto", "embedded", "pulumi"] = Field(
        "auto",
        description="What runs the site's programs: embedded, pulumi (its CLI), or auto (the CLI where installed).",
    )
    lab: Lab | None = Field(None, description="Present where the nodes are made on this machine by `mecctl lab up`.")

    @model_validator(mode="before")
    @classmethod
    def _lab_access(cls, data: object) -> object:
        """Give a lab the key and the host keys that `lab up` makes, where the file names no others."""
        if not isinstance(data, dict) or data.get("lab") is None:
            return data
        access = data.get("access") or {}
        if not isinstance(access, dict):
            return data
        own = {}
        if not {"privateKey", "private_key"} & access.keys():
            own["privateKey"] = LAB_PRIVATE_KEY
        if not {"knownHosts", "known_hosts"} & access.keys():
            own["knownHosts"] = LAB_KNOWN_HOSTS
        return {**data, "access": {**access, **own}}


class Site(Model):
    """One MEC site."""

    api_version: Literal["mecctl/v1"] = Field(description="The version of this file's form.")
    kind: Literal["Site"] = Field(description="What this file declares.")
    metadata: Metadata = Field(description="What the site is called.")
    spec: SiteSpec = Field(description="What the site is made of.")

    @property
    def name(self) -> str:
        """The site's name."""
        return self.metadata.name

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All machines, in the file's order."""
        return self.spec.nodes

    @property
    def servers(self) -> tuple[Node, ...]:
        """The nodes that carry the control plane; the first is the one the others join."""
        return tuple(node for node in self.spec.nodes if node.is_server)

    @property
    def agents(self) -> tuple[Node, ...]:
        """The nodes that carry no control plane."""
        return tuple(node for node in self.spec.nodes if not node.is_server)

    @property
    def userspace_wireguard(self) -> bool:
        """Whether nodes that are containers may encrypt by a program where their kernel has no WireGuard."""
        return self.spec.lab is not None and self.spec.lab.userspace_wireguard

    @property
    def kubernetes(self) -> Kubernetes:
        """The Kubernetes of the site."""
        return self.spec.kubernetes

    @property
    def slices(self) -> tuple[Slice, ...]:
        """All network slices, in the file's order."""
        return self.spec.slices

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """All workloads, in the file's order."""
        return self.spec.workloads

    @property
    def policies(self) -> tuple[Policy, ...]:
        """All openings between slices, in the file's order."""
        return self.spec.policies

    @property
    def discovery(self) -> Discovery | None:
        """How workloads are found by name; None where they aren't."""
        return self.spec.platform.discovery

    def runs_as(self, work: Workload) -> tuple[str, str]:
        """Return apiVersion and kind of the object that a workload is in Kubernetes."""
        machines = self.spec.platform.machines
        if work.vm and machines and machines.by == "kubevirt":
            return KUBEVIRT
        return "apps/v1", work.kind

    def delay(self, node: Node) -> int | None:
        """Return the one-way delay between users and a node in nanoseconds, None where none is declared."""
        return self.spec.latency if node.latency is None else node.latency

    def slice(self, name: str) -> Slice:
        """Return the slice called `name`; raises KeyError when the site has none."""
        for found in self.spec.slices:
            if found.name == name:
                return found
        raise KeyError(name)
