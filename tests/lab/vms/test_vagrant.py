import shutil
import subprocess

import pytest

from mecctl.errors import CommandError, MecctlError
from mecctl.lab.vms import vagrant
from mecctl.lab.vms.vagrant import Vagrant
from mecctl.process import Completed
from tests.support.live import ROOT

OUTPUT = """\
Bringing machine 'edge-1' up with 'libvirt' provider...
==> edge-1: Waiting for domain to get an IP address...
Timed out while waiting for the machine to boot. This means that
Vagrant was unable to communicate with the guest machine within
the configured time period.
"""


@pytest.fixture
def failing(monkeypatch):
    def run(words, **_):
        raise CommandError("vagrant up ended with 1", output=OUTPUT)

    monkeypatch.setattr(vagrant, "run", run)


def test_a_machine_that_does_not_boot_ends_with_the_last_lines_of_its_console(tmp_path, failing):
    console = tmp_path / "edge-1.log"
    console.write_text("".join(f"[ {line}.0] line {line}\n\n" for line in range(40)))

    with pytest.raises(MecctlError) as caught:
        Vagrant(tmp_path, tmp_path).up({"edge-1": console, "edge-2": tmp_path / "none.log"})

    said = str(caught.value)
    assert "Timed out while waiting for the machine to boot" in said
    assert "==> edge-1" not in said
    assert "console of edge-1: [ 39.0] line 39" in said
    assert "line 31\n" not in said


def test_without_vagrant_its_own_error_stays(tmp_path, monkeypatch):
    def run(words, **_):
        raise CommandError("the program vagrant isn't installed")

    monkeypatch.setattr(vagrant, "run", run)
    with pytest.raises(CommandError, match="vagrant isn't installed"):
        Vagrant(tmp_path, tmp_path).up({})


def test_vagrant_gets_a_home_and_a_folder_of_the_labs_own(tmp_path, monkeypatch):
    seen = []

    def run(_, env, **__):
        seen.append(env)
        return Completed(0, "", "")

    monkeypatch.setattr(vagrant, "run", run)
    one = Vagrant(tmp_path / "lab", tmp_path / "home")

    one.describe({"nodes": []})
    one.up({})

    assert seen[0]["VAGRANT_HOME"] == str(tmp_path / "home")
    assert seen[0]["VAGRANT_DOTFILE_PATH"] == str(tmp_path / "lab/vagrant")
    assert seen[0]["MECCTL_MACHINES"] == str(tmp_path / "lab/machines.json")
    assert one.machines.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not shutil.which("ruby"), reason="ruby is not on PATH")
@pytest.mark.parametrize("file", ["Vagrantfile", "lab/vm/Vagrantfile"])
def test_the_vagrantfiles_parse(file):
    subprocess.run(["ruby", "-c", ROOT / file], check=True, capture_output=True)


def test_the_first_program_of_a_machine_is_a_shell_script_that_parses():
    subprocess.run(["sh", "-n", ROOT / "lab/vm/init"], check=True)
