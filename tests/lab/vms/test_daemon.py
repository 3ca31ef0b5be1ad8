import os
import subprocess
import threading
from pathlib import Path

import pytest

from mecctl.lab.vms import daemon


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(daemon, "_RUN", tmp_path)
    folder = tmp_path / "0123abcd/run/qemu"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def machine(tmp_path):
    """A process that is called as QEMU's are."""
    program = tmp_path / "qemu-system-x86_64"
    program.symlink_to("/bin/sleep")
    process = subprocess.Popen([program, "60"])
    while not Path(f"/proc/{process.pid}/comm").read_text().startswith("qemu-system"):
        pass  # the kernel closes the pipe that Popen waits for just before it gives the process its name
    yield process
    process.kill()
    process.wait()


def test_machines_that_run_are_known_by_their_process(run, machine):
    (run / "mec-lab-0123abcd-edge-1.pid").write_text(f"{machine.pid}\n")
    (run / "mec-lab-0123abcd-edge-2.pid").write_text(f"{os.getpid()}\n")  # its number has become another program's
    (run / "mec-lab-0123abcd-edge-3.pid").write_text("")

    assert daemon.states("0123abcd", "mec-lab-0123abcd-") == {"edge-1": "running"}
    assert f"process {machine.pid}" in list(daemon.leftovers("0123abcd"))


def test_stopping_ends_the_machines_and_nothing_else(run, machine, tmp_path):
    (run / "mec-lab-0123abcd-edge-1.pid").write_text(f"{machine.pid}\n")
    (run / "mec-lab-0123abcd-edge-2.pid").write_text(f"{os.getpid()}\n")
    threading.Thread(target=machine.wait, daemon=True).start()  # as the first process of a host does
    daemon.stop("0123abcd")

    assert machine.wait() == -9
    assert list(daemon.leftovers("0123abcd")) == []
    assert not (tmp_path / "0123abcd").exists()


def test_a_lab_without_machines_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(daemon, "_RUN", tmp_path / "none")
    daemon.stop("0123abcd")

    assert list(daemon.leftovers("0123abcd")) == []


def test_a_sockets_path_is_short_enough_for_the_kernel():
    assert len(daemon.uri("0123abcd").partition("socket=")[2]) < 108
