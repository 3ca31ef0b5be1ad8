"""QEMU's command line, and its monitor (QMP, www.qemu.org/docs/master/interop/qemu-qmp-ref.html)."""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROGRAM = "qemu-system-x86_64"
Ports = tuple[tuple[str, int], ...]
"""Protocol in lower case and number."""


def ports(text: str) -> Ports:
    """Read `tcp:8080,udp:53`."""
    pairs = (one.split(":") for one in text.split(",") if one)
    return tuple((protocol, int(number)) for protocol, number in pairs)


def command(work: Path, told: Mapping[str, str]) -> list[str]:
    """Return how a machine of these settings is started.

    By KVM where the pod may use it. Its network is QEMU's own, so what the guest sends is the pod's, under the slice's
    policies and rates, and needs no privilege; what comes to one of its ports goes to the guest's.
    """
    fast = os.access("/dev/kvm", os.R_OK | os.W_OK)
    forwards = "".join(f",hostfwd={protocol}::{port}-:{port}" for protocol, port in ports(told["PORTS"]))
    return [
        PROGRAM,
        *("-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc,graphics=off"),
        *("-accel", "kvm" if fast else "tcg,thread=multi,tb-size=64", "-cpu", "host" if fast else "max"),
        *("-smp", told["CPUS"], "-m", told["MEMORY"], "-boot", "strict=on"),
        *("-drive", f"file={work / 'disk.qcow2'},format=qcow2,if=virtio,discard=unmap"),
        *("-drive", f"file={work / 'seed.img'},format=raw,if=virtio,readonly=on"),
        *("-netdev", f"user,id=net{forwards}", "-device", "virtio-net-pci,netdev=net,romfile="),
        *("-device", "virtio-rng-pci"),
        *("-chardev", f"socket,id=console,path={work / 'serial'}", "-serial", "chardev:console"),
        *("-qmp", f"unix:{work / 'qmp'},server=on,wait=off", "-monitor", "none"),
    ]


class Monitor:
    """A QMP session."""

    def __init__(self, path: Path) -> None:
        self._link = socket.socket(socket.AF_UNIX)
        self._link.settimeout(10)
        self._link.connect(str(path))
        self._lines = self._link.makefile("r", encoding="utf-8")
        self._lines.readline()  # its greeting
        self._ask("qmp_capabilities")

    def power_down(self) -> None:
        """Press the machine's power button."""
        self._ask("system_powerdown")

    def taken(self, port: int) -> bool:
        """Tell whether the guest has taken all connections to one of its ports; QEMU takes each one before it asks."""
        return answered(str(self._ask("human-monitor-command", **{"command-line": "info usernet"})), port)

    def _ask(self, what: str, **arguments: Any) -> Any:  # noqa: ANN401 - what QMP answers
        self._link.sendall(json.dumps({"execute": what, "arguments": arguments}).encode() + b"\n")
        while line := self._lines.readline():
            said = json.loads(line)
            if "return" in said or "error" in said:
                return said.get("return")
        raise ConnectionError("QEMU has ended")


def answered(table: str, port: int) -> bool:
    """Tell whether `info usernet` lists connections to a port of the guest, and none that it hasn't answered yet."""
    rows = (line.split() for line in table.splitlines() if line.strip().startswith("TCP["))
    states = {row[0] for row in rows if len(row) > 5 and row[5] == str(port)}
    return "TCP[ESTABLISHED]" in states and "TCP[SYN_SENT]" not in states
