"""What a virtual machine of each architecture is made of, as libvirt and QEMU name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hardware:
    """One architecture: QEMU's program, the package that brings it, its machine and features; the kernel's console.

    `disk` is what the kernel calls the machine's own disk beside the seed's: the PCI bus decides which it meets first.
    `emulated` is what the kernel is told where QEMU runs all of its instructions itself.
    """

    machine_arch: str
    machine: str
    emulator: str
    package: str
    features: tuple[str, ...]
    console: str
    disk: str
    emulated: str

    def command_line(self, *, emulated: bool) -> str:
        """Return the words for the kernel."""
        words = [f"root=/dev/{self.disk}", _BOOT, f"console={self.console}"]
        return " ".join([*words, self.emulated] if emulated else words)


_BOOT = "rw net.ifnames=0 init=/usr/lib/mecctl/node-init"
HARDWARE = {
    # A kernel under emulation finds the time stamp counter unsteady and asks a device for the time instead, which costs
    # half of all processor time with programs in Go; QEMU's counters are the host's, alike on all processors.
    "amd64": Hardware(
        machine_arch="x86_64",
        machine="pc",
        emulator="qemu-system-x86_64",
        package="qemu-system-x86",
        features=("acpi", "apic", "pae"),
        console="ttyS0",
        disk="vda",
        emulated="tsc=reliable clocksource=tsc mitigations=off",
    ),
    # Signing and checking every return address takes QEMU longer than the rest of a call.
    "arm64": Hardware(
        machine_arch="aarch64",
        machine="virt",
        emulator="qemu-system-aarch64",
        package="qemu-system-arm",
        features=(),
        console="ttyAMA0",
        disk="vdb",
        emulated="arm64.nopauth mitigations=off",
    ),
}
"""What machines of each architecture, of those that virtual machines may have, are made of."""
