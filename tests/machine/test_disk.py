"""What a machine needs of its image, told in words; the rest is QEMU's own, and tested on a lab."""

import subprocess
from types import SimpleNamespace

import pytest

from machine.disk import MachineError, overlay, seed


@pytest.fixture
def tools(monkeypatch):
    """QEMU's and mtools' programs: what they were asked, and what `qemu-img info` says."""
    known = SimpleNamespace(asked=[], format="raw", code=0)

    def run(command, **how):
        known.asked.append((list(command), how.get("input")))
        out = f'{{"format": "{known.format}"}}' if command[1] == "info" else ""
        return subprocess.CompletedProcess(command, known.code, out, "no space left")

    monkeypatch.setattr("machine.disk.subprocess.run", run)
    return known


@pytest.mark.parametrize("there", [[], ["a.img", "b.img"], None])
def test_an_image_has_one_disk(tmp_path, there, tools):
    folder = tmp_path / "disk"
    if there is not None:
        folder.mkdir()
    for name in there or ():
        (folder / name).touch()

    with pytest.raises(MachineError, match=f"the image has {len(there or ())} files in /disk, and one is the disk"):
        overlay(folder, tmp_path / "layer")


def test_a_disk_of_another_form_is_refused(tmp_path, tools):
    (tmp_path / "d.vmdk").touch()
    tools.format = "vmdk"

    with pytest.raises(MachineError, match=r"the disk d\.vmdk is vmdk, not raw or qcow2"):
        overlay(tmp_path, tmp_path.parent / "layer")


def test_the_layer_lies_over_the_disk(tmp_path, tools):
    (tmp_path / "d.img").touch()
    overlay(tmp_path, tmp_path.parent / "layer")

    made = [
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "raw",
        "-b",
        f"{tmp_path}/d.img",
        f"{tmp_path.parent}/layer",
    ]
    assert tools.asked[-1][0] == made


def test_what_a_tool_says_is_told(tmp_path, tools):
    (tmp_path / "d.img").touch()
    tools.code = 1

    with pytest.raises(MachineError, match="qemu-img says: no space left"):
        overlay(tmp_path, tmp_path.parent / "layer")


def test_the_seed_names_the_machine_and_has_its_data(tmp_path, tools):
    seed(tmp_path / "seed", "legacy", "uid-1", "#cloud-config\n")

    assert "CIDATA" in tools.asked[0][0]
    assert {words[-1]: text for words, text in tools.asked[1:]} == {
        "::meta-data": b"instance-id: uid-1\nlocal-hostname: legacy\n",
        "::user-data": b"#cloud-config\n",
    }
