"""The lab's own libvirtd, in the lab's network namespace and with folders of its own.

Whatever libvirt does (interfaces, domains, pools, files) it does there, so nothing of the host's own libvirt is touched
or met, and everything is gone with the daemon and its folders. It needs no init system.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError
from mecctl.lab.files import write
from mecctl.process import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.lab.names import Names

_RUN = Path("/run/mecctl-lab")  # short: a socket's path has at most 107 bytes (unix(7))
_PASSING = {"run": "/run/libvirt", "log": "/var/log/libvirt", "cache": "/var/cache/libvirt"}
_KEPT = {"libvirt": "/etc/libvirt", "lib": "/var/lib/libvirt"}
"""What outlives a boot of the host: what machines there are, and their disks."""
_DAEMON, _MACHINE = "libvirtd", "qemu-system-"
_PATIENCE = 30.0
_PAUSE = 0.05
# QEMU runs as this root and in no cgroup: the host's groups stay as they are. Debian 12's libvirt turns ACPI off on ARM
# by an option that QEMU has no more since 9.0; a kernel that is given a device tree doesn't look at ACPI.
_QEMU_CONF = """\
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
capability_filters = ["no-acpi"]
"""
_DAEMON_CONF = """\
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
"""
# `ip netns exec` gives the process mounts of its own (ip-netns(8)), so these are seen by the daemon alone.
_START = """\
set -eu
while [ $# -gt 0 ]; do
  mkdir -p "$2"
  mount --bind "$1" "$2"
  shift 2
done
exec libvirtd --daemon --pid-file /run/libvirt/libvirtd.pid
"""


def uri(lab_id: str) -> str:
    """Return the address by which libvirt's clients on this machine reach the lab's daemon."""
    return f"qemu:///system?socket={_folder(lab_id)}/run/libvirt-sock"


def start(names: Names, state: Path) -> None:
    """Make the lab's libvirtd run, with its machines and their disks in the folder `state`; one that runs stays.

    Raises CommandError when it can't be started, MecctlError with its log when it doesn't answer.
    """
    folder = _folder(names.id)
    if _alive(folder):
        return
    places = {folder / name: place for name, place in _PASSING.items()}
    places |= {state / name: place for name, place in _KEPT.items()}
    for path in places:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(state / "libvirt" / "qemu.conf", _QEMU_CONF)
    write(state / "libvirt" / "libvirtd.conf", _DAEMON_CONF)
    words = [word for pair in places.items() for word in pair]
    run(["ip", "netns", "exec", names.lab, "sh", "-c", _START, _DAEMON, *words], timeout=_PATIENCE)
    deadline = time.monotonic() + _PATIENCE
    while not (folder / "run" / "libvirt-sock").is_socket():
        if time.monotonic() > deadline:
            raise MecctlError("libvirtd doesn't answer", where=str(folder / "log" / "libvirtd.log"))
        time.sleep(_PAUSE)


def stop(lab_id: str) -> None:
    """End the lab's libvirtd and machines, and remove what they kept."""
    deadline = time.monotonic() + _PATIENCE
    while (pids := list(_processes(lab_id))) and time.monotonic() < deadline:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)
    shutil.rmtree(_folder(lab_id), ignore_errors=True)
    with contextlib.suppress(OSError):
        _RUN.rmdir()


def states(lab_id: str, prefix: str) -> dict[str, str]:
    """Return `running` for every machine that does, by its name without `prefix`."""
    files = (_folder(lab_id) / "run").glob(f"qemu/{prefix}*.pid")
    return {file.stem.removeprefix(prefix): "running" for file in files if _pid(file, _MACHINE)}


def any_lab() -> bool:
    """Say whether any lab of this host has machines."""
    return _RUN.is_dir() and any(_RUN.iterdir())


def leftovers(lab_id: str) -> Iterator[str]:
    """Yield what is left of the lab's daemon and machines, in words."""
    yield from (f"process {pid}" for pid in _processes(lab_id))
    if _folder(lab_id).exists():
        yield f"folder {_folder(lab_id)}"


def _folder(lab_id: str) -> Path:
    return _RUN / lab_id


def _alive(folder: Path) -> bool:
    return (folder / "run" / "libvirt-sock").is_socket() and bool(_pid(folder / "run" / "libvirtd.pid", _DAEMON))


def _processes(lab_id: str) -> Iterator[int]:
    """Yield the daemon and the machines: each has written its process id where only this lab's do."""
    folder = _folder(lab_id) / "run"
    files = [(folder / "libvirtd.pid", _DAEMON), *((file, _MACHINE) for file in folder.glob("qemu/*.pid"))]
    yield from (pid for file, name in files if (pid := _pid(file, name)))


def _pid(file: Path, name: str) -> int | None:
    """Return the process id in a file, unless that process is gone or has become another program's."""
    with contextlib.suppress(OSError, ValueError):
        pid = int(file.read_text())
        if Path(f"/proc/{pid}/comm").read_text().startswith(name[:15]):
            return pid
    return None
