from dataclasses import replace
from pathlib import Path

import pytest

from mecctl.errors import CommandError
from mecctl.lab.layout import host_arch
from mecctl.lab.vms import accelerator
from mecctl.lab.vms.box import Box
from mecctl.plan.progress import Silent
from mecctl.process import Completed


@pytest.fixture
def memory(tmp_path, monkeypatch):
    monkeypatch.setattr(accelerator, "_KVM", tmp_path)
    return tmp_path / "kvm.json"


def box():
    return Box(host_arch(), "mecctl/node", "1.0.1", "file:///c.json", Path("/boot/vmlinuz"), Path("/boot/initrd"))


def booting(monkeypatch, said=b"", error=None):
    """Stand in for QEMU; return the list of its calls."""
    calls = []

    def run(words, *, timeout, check, stdout):
        calls.append(words)
        if error:
            raise error
        stdout.write(said)
        return Completed(0, "", "")

    monkeypatch.setattr(accelerator, "run", run)
    return calls


def test_a_kernel_that_gets_to_its_panic_for_want_of_a_disk_shows_that_kvm_works(memory, monkeypatch):
    calls = booting(monkeypatch, b"[ 0.9] Kernel panic - not syncing: VFS: Unable to mount root fs")

    assert accelerator.find(box(), memory, Silent()) == "kvm"
    assert accelerator.find(box(), memory, Silent()) == "kvm"
    assert len(calls) == 1
    assert "root=/dev/none" in calls[0][-1]


@pytest.mark.parametrize("said", [b"", b"Booting from ROM.."])
def test_a_guest_that_says_nothing_or_stops_early_is_emulated(memory, monkeypatch, said):
    booting(monkeypatch, said)

    assert accelerator.find(box(), memory, Silent()) == "tcg"


def test_a_guest_that_hangs_is_emulated_and_not_tried_again(memory, monkeypatch):
    calls = booting(monkeypatch, error=CommandError("qemu did not end within 15 s"))

    assert [accelerator.find(box(), memory, Silent()) for _ in range(2)] == ["tcg", "tcg"]
    assert len(calls) == 1


def test_another_kernel_or_boot_of_the_host_is_asked_anew(memory, monkeypatch, tmp_path):
    calls = booting(monkeypatch)
    accelerator.find(box(), memory, Silent())
    (tmp_path / "boot_id").write_text("another\n")
    monkeypatch.setattr(accelerator, "_BOOT_ID", tmp_path / "boot_id")
    accelerator.find(box(), memory, Silent())

    assert len(calls) == 2


def test_a_host_without_kvm_is_not_asked(memory, monkeypatch, tmp_path):
    calls = booting(monkeypatch)
    monkeypatch.setattr(accelerator, "_KVM", tmp_path / "none")

    assert accelerator.find(box(), memory, Silent()) == "tcg"
    assert calls == []


def test_another_architecture_than_the_hosts_is_emulated(memory, monkeypatch):
    calls = booting(monkeypatch)
    foreign = replace(box(), arch={"amd64": "arm64", "arm64": "amd64"}[host_arch()])

    assert accelerator.find(foreign, memory, Silent()) == "tcg"
    assert calls == []


def test_no_qemu_is_no_answer(memory, monkeypatch):
    booting(monkeypatch, error=CommandError("the program qemu-system-x86_64 isn't installed"))

    with pytest.raises(CommandError, match="isn't installed"):
        accelerator.find(box(), memory, Silent())


@pytest.mark.parametrize(
    ("version", "processors"),
    [("7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", 1), ("8.0.5", 1), ("8.1.0", 4), ("10.0.2 (Debian 1:10.0.2)", 4)],
)
def test_a_qemu_that_may_run_code_that_has_changed_gets_one_processor(monkeypatch, version, processors):
    said = Completed(0, f"QEMU emulator version {version}\nCopyright (c) Fabrice Bellard\n", "")
    monkeypatch.setattr(accelerator, "run", lambda *_, **__: said)

    assert accelerator.processors("amd64", 4) == processors
