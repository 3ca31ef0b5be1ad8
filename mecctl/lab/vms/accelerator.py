"""Whether virtual machines run on KVM here: only where a guest really boots under it, for some hosts' KVM hangs."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mecctl.errors import CommandError
from mecctl.lab.files import write
from mecctl.lab.layout import host_arch
from mecctl.lab.vms.hardware import HARDWARE
from mecctl.process import run

if TYPE_CHECKING:
    from mecctl.lab.vms.box import Box
    from mecctl.plan.progress import Progress

Accelerator = Literal["kvm", "tcg"]
_KVM = Path("/dev/kvm")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LIMIT = 15.0
"""Seconds for a kernel to boot as far as it gets without a disk; under a KVM that works it takes one."""
_END = b"Kernel panic"
_LOCKS_PAGES = (8, 1)
"""The first QEMU that locks a page of code while translating it (its commit "Always lock pages before translation")."""


def find(box: Box, memory: Path, progress: Progress) -> Accelerator:
    """Return how machines of a box run on this host.

    `memory` is the file that remembers the answer until the host boots again. Raises CommandError when QEMU is missing.
    """
    if box.arch != host_arch() or not _KVM.exists():
        return "tcg"
    question = {"boot": _BOOT_ID.read_text().strip(), "kernel": str(box.kernel)}
    known = json.loads(memory.read_text()) if memory.exists() else {}
    if known.get("question") == question:
        return "kvm" if known["kvm"] else "tcg"
    progress.begin("KVM")
    boots = _boots(box)
    progress.end("KVM", "a guest boots under it" if boots else f"no guest boots within {_LIMIT:g} s: emulation it is")
    write(memory, json.dumps({"question": question, "kvm": boots}))
    return "kvm" if boots else "tcg"


def processors(arch: str, asked: int) -> int:
    """Return how many processors an emulated machine gets, of those that the site asks for.

    QEMU before 8.1 may go on running code that another processor has just changed. A kernel that patches itself, as
    when the first pod with a limit starts, then traps on what it has long taken back, on all processors and for ever.
    """
    said = run([HARDWARE[arch].emulator, "--version"], timeout=_LIMIT).stdout
    version = re.search(r"version (\d+)\.(\d+)", said)
    safe = version is not None and (int(version[1]), int(version[2])) >= _LOCKS_PAGES
    return asked if safe else 1


def _boots(box: Box) -> bool:
    """Boot the box's kernel without a disk: it gets as far as its panic for want of one, or KVM doesn't work."""
    made = HARDWARE[box.arch]
    words = [made.emulator, "-machine", made.machine, "-accel", "kvm", "-cpu", "host", "-m", "256"]
    words += ["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", "-kernel", str(box.kernel)]
    words += ["-append", f"console={made.console} panic=-1 root=/dev/none"]
    with tempfile.TemporaryFile() as said:
        try:
            run(words, timeout=_LIMIT, check=False, stdout=said)
        except CommandError as error:
            if "isn't installed" in error.what:
                raise
            return False
        said.seek(0)
        return _END in said.read()
