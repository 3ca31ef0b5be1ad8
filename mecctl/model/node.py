"""Machines and how to reach them."""

from typing import Literal

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.quantity import BitRate, Duration
from mecctl.model.types import Address, FilePath, Name, Port, UserName

Role = Literal["server", "agent"]
Arch = Literal["amd64", "arm64", "arm"]


class Access(Model):
    """How mecctl logs in to every node: SSH with a key, host keys verified."""

    user: UserName = Field("root", description="The user to log in as; needs sudo without a password unless root.")
    private_key: FilePath = Field(
        description="SSH private key, a path relative to the site's folder. A lab has its own, made by `lab up`."
    )
    known_hosts: FilePath = Field(
        "known_hosts", description="File of the nodes' SSH host keys, a path relative to the site's folder."
    )
    host_keys: Literal["strict", "accept-new"] = Field(
        "strict",
        description="strict: an unknown host key is refused. accept-new: it is recorded at first sight, then held to.",
    )
    bastion: None = Field(None, description="A machine to go through; only null so far.")

    def as_root(self, command: str) -> str:
        """Return a node's command as it is run there with root's rights, without anybody to type a password."""
        return command if self.user == "root" else f"sudo -n {command}"


class Node(Model):
    """One machine of the site."""

    name: Name = Field(description="The machine's host name and its name in Kubernetes.")
    address: Address = Field(description="IPv4 address where SSH answers and which the other nodes reach.")
    port: Port = Field(22, description="TCP port of SSH.")
    roles: tuple[Role, ...] = Field(
        min_length=1,
        description="server: control plane and etcd; agent: runs workloads; both: a server that runs workloads too.",
    )
    pool: Name | None = Field(None, description="Name of a group of nodes, for example machines with one purpose.")
    arch: Arch | None = Field(None, description="Processor architecture; found out over SSH where left out.")
    link: BitRate | None = Field(
        None, description="Speed of the node's network link, each way; found out on the node where left out."
    )
    latency: Duration | None = Field(
        None, description="One-way delay between the users and this node; the site's if left out."
    )

    @property
    def is_server(self) -> bool:
        """Whether this node carries the control plane."""
        return "server" in self.roles

    @property
    def runs_workloads(self) -> bool:
        """Whether slices' pods may be placed here; a server without the role `agent` is tainted."""
        return "agent" in self.roles
