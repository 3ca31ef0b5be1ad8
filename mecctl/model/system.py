"""What the site wants of its machines' operating system."""

from typing import Literal

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.types import Cidr, Port


class OpenPort(Model):
    """A port of the nodes themselves that others may reach; pods' ports need none."""

    port: Port = Field(description="The port.")
    protocol: Literal["tcp", "udp", "sctp"] = Field("tcp", description="Its protocol.")
    source: Cidr = Field("0.0.0.0/0", alias="from", description="IPv4 range that may come in; everybody if left out.")


class OperatingSystem(Model):
    """The operating system of every node."""

    security_updates: Literal["automatic", "none"] = Field(
        "none",
        description="automatic: Debian's security updates are installed once a day; nothing reboots by itself.",
    )
    open_ports: tuple[OpenPort, ...] = Field(
        (), description="Ports that hardening leaves open beside those of the site itself."
    )
