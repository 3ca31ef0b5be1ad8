"""Ports that a machine listens on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.audit.evidence import Machine

LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_EPHEMERAL = 32768  # net.ipv4.ip_local_port_range starts here


@dataclass(frozen=True, order=True)
class Listener:
    """A program that takes connections or datagrams; `process` is empty where the kernel itself does."""

    protocol: str
    address: str
    port: str
    process: str

    @property
    def local(self) -> bool:
        """Whether only the machine itself gets there."""
        return self.address in LOOPBACK or self.address.startswith("127.")

    @property
    def shape(self) -> str:
        """The listener without what differs from machine to machine: `tcp any 22 sshd`."""
        place = "loopback" if self.local else "any" if self.address in {"*", "0.0.0.0", "::"} else "node"  # noqa: S104
        changing = place == "loopback" and int(self.port) >= _EPHEMERAL
        return f"{self.protocol} {place} {'ephemeral' if changing else self.port} {self.process or 'kernel'}"


def listeners(machine: Machine) -> Iterator[Listener]:
    """Yield what a machine listens on, addresses without brackets and interfaces."""
    for one in machine.seen["listeners"]:
        address = one["address"].partition("%")[0].strip("[]")
        yield Listener(one["protocol"], address, one["port"], one["process"])
