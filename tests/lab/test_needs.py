import pytest

from mecctl.lab import machine, requirements, watches
from mecctl.lab.requirement import Requirement
from mecctl.process import Completed


@pytest.fixture
def checks():
    def look():
        return {one.name: one for one in requirements()}

    return look


@pytest.fixture
def fine(monkeypatch):
    monkeypatch.setattr("mecctl.lab.machine.is_root", lambda: True)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("mecctl.lab.watches.spare", lambda wanted: wanted)
    monkeypatch.setattr("mecctl.lab.needs.run", lambda *_, **__: Completed(0, "", ""))
    found = machine.Machine("v2", frozenset(), named=False, raise_limits=True, limits=machine.Limits(1, 1, 1))
    monkeypatch.setattr("mecctl.lab.machine.Machine.cgroup_fault", None)
    monkeypatch.setattr("mecctl.lab.machine.read", lambda: found)


def test_a_machine_with_everything_needs_nothing(checks, fine):
    assert [one for one in checks().values() if not one.ok or one.fix] == []


def test_not_root_is_said_plainly_and_the_kernel_is_not_tried(checks, fine, monkeypatch):
    monkeypatch.setattr("mecctl.lab.machine.is_root", lambda: False)

    found = checks()

    assert found["root"] == Requirement(
        "root",
        ok=False,
        what="a lab makes network namespaces, interfaces and privileged containers, which takes root",
        fix="run mecctl lab with sudo",
    )
    assert "veth" not in found


def test_a_missing_program_names_its_debian_package(checks, fine, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None if name == "nft" else f"/usr/bin/{name}")

    found = checks()

    assert (found["nft"].ok, found["nft"].fix) == (False, "sudo apt-get install nftables")
    assert "bridge" not in found


def test_a_missing_kernel_feature_names_its_module(checks, fine, monkeypatch):
    def run(words, **_):
        return Completed(2, "", "Error: Unknown device type.\n") if "bridge" in words else Completed(0, "", "")

    monkeypatch.setattr("mecctl.lab.needs.run", run)

    found = checks()

    assert (found["bridge"].ok, found["bridge"].what) == (False, "Error: Unknown device type.")
    assert "modprobe bridge" in found["bridge"].fix
    assert found["veth"].ok


def test_cgroups_without_systemds_hierarchy_name_the_mount(checks, fine, monkeypatch):
    monkeypatch.setattr("mecctl.lab.machine.Machine.cgroup_fault", "cgroup v1 without the hierarchy name=systemd")

    assert "none,name=systemd" in checks()["cgroups"].fix


def test_too_few_inotify_instances_name_the_setting(checks, fine, monkeypatch):
    monkeypatch.setattr("mecctl.lab.watches.spare", lambda _: 3)

    assert checks()["inotify"].fix == "sudo sysctl -w fs.inotify.max_user_instances=1024"


def test_instances_taken_for_a_look_are_given_back():
    assert watches.spare(2) == watches.spare(2)
    assert watches.spare(0) == 0
