import shutil
from collections import namedtuple

import pytest

from mecctl.errors import CommandError, MecctlError
from mecctl.lab.vms import needs
from mecctl.process import Completed

GIB = 1 << 30
Usage = namedtuple("Usage", "free")


@pytest.fixture
def fine(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(needs, "run", lambda *_, **__: Completed(0, "vagrant-libvirt (0.11.2, system)\n", ""))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * GIB))
    monkeypatch.setattr(needs, "_available", lambda: 16 * GIB)


def test_a_machine_with_everything_is_let_be(fine, tmp_path):
    needs.check(tmp_path, ["amd64"], 2, 3 * GIB)

    assert [one for one in needs.requirements(["amd64"]) if not one.ok or one.fix] == []


@pytest.mark.parametrize(
    ("program", "package"),
    [("libvirtd", "libvirt-daemon-system"), ("qemu-system-x86_64", "qemu-system-x86"), ("vagrant", "vagrant")],
)
def test_what_is_missing_is_named_with_the_command_that_gets_it(fine, monkeypatch, tmp_path, program, package):
    monkeypatch.setattr(shutil, "which", lambda name: None if name == program else f"/usr/bin/{name}")

    with pytest.raises(MecctlError, match=f"{program} isn't installed") as caught:
        needs.check(tmp_path, ["amd64"], 1, GIB)

    assert caught.value.fix == f"sudo apt-get install {package}"


def test_each_architecture_needs_its_emulator(fine, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None if name.startswith("qemu-system") else f"/usr/bin/{name}")

    missing = [one for one in needs.requirements(["amd64", "arm64"]) if not one.ok]

    assert {(one.name, one.fix.split()[-1]) for one in missing} == {
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("qemu-system-aarch64", "qemu-system-arm"),
    }


def test_vagrant_without_the_plugin(fine, monkeypatch):
    monkeypatch.setattr(needs, "run", lambda *_, **__: Completed(0, "No plugins installed.\n", ""))

    (missing,) = [one for one in needs.requirements(["amd64"]) if not one.ok]

    assert (missing.name, missing.fix) == ("vagrant-libvirt", "sudo apt-get install vagrant-libvirt")


def test_vagrant_that_fails_says_so(fine, monkeypatch):
    def run(*_, **__):
        raise CommandError("vagrant plugin list ended with 1")

    monkeypatch.setattr(needs, "run", run)

    (missing,) = [one for one in needs.requirements(["amd64"]) if not one.ok]

    assert "ended with 1" in missing.what


def test_too_little_space_or_memory_is_said_beforehand(fine, monkeypatch, tmp_path):
    monkeypatch.setattr(needs, "_available", lambda: 5 * GIB)
    with pytest.raises(MecctlError, match=r"not enough memory for the machines: 6\.0 GiB wanted, 5\.0 GiB free"):
        needs.check(tmp_path, ["amd64"], 2, 3 * GIB)

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(GIB))
    with pytest.raises(MecctlError, match="not enough disk space"):
        needs.check(tmp_path, ["amd64"], 1, GIB)


def test_machines_that_are_there_want_nothing_more(fine, monkeypatch, tmp_path):
    monkeypatch.setattr(needs, "_available", lambda: 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0))

    needs.check(tmp_path, ["amd64"], 0, GIB)


def test_this_machine_says_what_memory_it_has():
    assert needs._available() > GIB // 4
