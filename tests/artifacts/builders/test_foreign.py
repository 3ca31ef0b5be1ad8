import platform
from pathlib import Path

import pytest

from mecctl.artifacts.builders import foreign
from mecctl.errors import CommandError
from mecctl.process import run

HERE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
OTHER = {"amd64": "arm64", "arm64": "amd64"}[HERE]
RULES = Path("/proc/sys/fs/binfmt_misc")


def test_a_program_for_this_architecture_runs_as_it_is():
    assert foreign.running(HERE, ["mmdebstrap", "bookworm"]) == ["mmdebstrap", "bookworm"]


@pytest.mark.parametrize("there", [False, True])
def test_what_is_missing_is_said_with_the_command_that_brings_it(tmp_path, monkeypatch, there):
    monkeypatch.setattr(foreign, "_RULES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    if there:
        (tmp_path / f"qemu-{foreign._QEMU[OTHER]}.conf").touch()

    with pytest.raises(CommandError, match=f"programs for {OTHER} don't run here") as caught:
        foreign.running(OTHER, ["true"])

    assert caught.value.fix == "sudo apt-get install qemu-user-static arch-test"


@pytest.mark.e2e
def test_programs_of_another_architecture_run_within_and_this_machine_keeps_its_rules():
    before = sorted(RULES.iterdir())
    script = f"arch-test {OTHER} && echo $1 && exit 3"

    ended = run(foreign.running(OTHER, ["sh", "-c", script, "sh", "two words"]), check=False, timeout=60)

    assert (ended.returncode, ended.stdout.splitlines()) == (3, [f"{OTHER}: ok", "two words"])
    assert sorted(RULES.iterdir()) == before


@pytest.mark.e2e
def test_what_runs_within_is_root_of_all_its_files(tmp_path):
    script = f"touch {tmp_path}/file && chown 1234:4321 {tmp_path}/file"

    run(foreign.running(OTHER, ["sh", "-c", script]), timeout=60)

    owner = (tmp_path / "file").stat()
    assert (owner.st_uid, owner.st_gid) == (1234, 4321)
