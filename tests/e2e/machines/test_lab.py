"""A lab of a virtual machine: a kernel of its own, power, a plain Vagrant, and nothing left behind."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from mecctl.artifacts.store import Store
from mecctl.errors import MecctlError
from mecctl.lab import ip
from mecctl.lab.network import MTU
from mecctl.lab.vms import daemon
from mecctl.lab.vms.box import home
from mecctl.lab.vms.vagrant import Vagrant
from tests.support.live import MECCTL, ROOT
from tests.support.machines import LiveMachines

pytestmark = pytest.mark.e2e


def test_a_machine_has_a_kernel_of_its_own_with_wireguard_and_the_one_hierarchy(single: LiveMachines) -> None:
    assert single.on("edge-1", "stat -f -c %T /sys/fs/cgroup") == "cgroup2fs"
    assert single.on("edge-1", "systemd-detect-virt") in {"qemu", "kvm"}
    assert "wg0" in single.on("edge-1", "ip link add wg0 type wireguard; ip -br link show wg0; ip link del wg0")
    assert single.on("edge-1", "uname -r") != os.uname().release


def test_it_has_its_name_and_address_and_room_for_wrapped_packets(single: LiveMachines) -> None:
    assert single.on("edge-1", "hostname") == "edge-1"
    (link,) = json.loads(single.on("edge-1", "ip -json address show eth0"))
    (address,) = link["addr_info"]

    assert (address["local"], address["prefixlen"], link["mtu"]) == (f"{single.subnet}.11", 24, MTU)
    ports = ip.links(single.names.lab)
    assert {link["mtu"] for name, link in ports.items() if name.startswith("vnet")} == {MTU}


def test_it_reaches_nothing_beyond_the_lab(single: LiveMachines) -> None:
    said = single.on("edge-1", "curl --silent --show-error --max-time 5 http://192.0.2.1/ 2>&1 || true")

    assert "No route to host" in said or "Couldn't connect" in said


def test_a_second_run_leaves_it_alone(single: LiveMachines) -> None:
    before = single.boot_of("edge-1")

    assert single.mecctl("lab", "up", timeout=600).code == 0
    assert single.boot_of("edge-1") == before


@pytest.mark.vm
def test_its_own_reboot_keeps_what_is_on_it(single: LiveMachines) -> None:
    single.on("edge-1", "touch /var/lib/kept")
    single.reboot("edge-1")

    assert single.on("edge-1", "ls /var/lib/kept") == "/var/lib/kept"


@pytest.mark.vm
def test_a_power_cut_is_mended_by_lab_up(single: LiveMachines) -> None:
    before = single.boot_of("edge-1")
    single.on("edge-1", "touch /var/lib/kept-too; sync")
    single.cut_power("edge-1")

    assert single.mecctl("lab", "up", timeout=900).code == 0
    assert single.boot_of("edge-1") != before
    assert single.on("edge-1", "ls /var/lib/kept-too") == "/var/lib/kept-too"


@pytest.mark.vm
def test_a_host_that_boots_again_finds_its_machines(single: LiveMachines) -> None:
    single.on("edge-1", "touch /var/lib/kept-too; sync")
    daemon.stop(single.names.id)  # and with it all that a boot of the host leaves nothing of

    assert single.mecctl("lab", "up", timeout=900).code == 0
    assert single.on("edge-1", "ls /var/lib/kept-too") == "/var/lib/kept-too"


def test_containers_do_not_take_its_place(single: LiveMachines) -> None:
    ended = single.mecctl("lab", "up", "--driver", "podman")

    assert ended.code == 1
    assert "is up as virtual machines" in ended.err
    assert "mecctl lab down" in ended.err


def test_a_plain_vagrant_knows_it(single: LiveMachines) -> None:
    state = single.path / ".mecctl/lab/vms"
    told = {"SITE": str(single.path), "VAGRANT_DOTFILE_PATH": str(state / "vagrant"), "VAGRANT_CWD": str(ROOT)}
    ended = subprocess.run(
        ["vagrant", "status", "--machine-readable"],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ",edge-1,state,running" in ended.stdout


@pytest.mark.parametrize(
    ("program", "package"), [("libvirtd", "libvirt-daemon-system"), ("qemu-system-x86_64", "qemu-system-x86")]
)
def test_what_the_host_lacks_is_named_by_doctor_and_lab_up(
    tmp_path: Path, single: LiveMachines, program: str, package: str
) -> None:
    for folder in os.environ["PATH"].split(":"):
        for file in Path(folder).glob("*"):
            if file.name != program and not (tmp_path / file.name).exists():
                (tmp_path / file.name).symlink_to(file)
    environment = {**os.environ, "PATH": str(tmp_path)}
    for words in (["doctor", "--driver", "vagrant"], ["lab", "up", str(single.path)]):
        ended = subprocess.run([MECCTL, *words], env=environment, capture_output=True, text=True, check=False)

        assert ended.returncode == 1
        assert f"sudo apt-get install {package}" in ended.stdout + ended.stderr


@pytest.mark.vm
def test_a_machine_that_does_not_boot_ends_in_time_with_what_it_said(single: LiveMachines, tmp_path: Path) -> None:
    dead = LiveMachines.alone(tmp_path / "inventories" / "lab-vm")
    try:
        assert dead.mecctl("lab", "up", "--ground").code == 0
        state = dead.path / ".mecctl/lab/vms"
        told = json.loads((state / "machines.json").read_text())
        told["bootTimeout"] = 20
        told["nodes"][0]["commandLine"] += " init=/none"
        vagrant = Vagrant(state, home(Store()))
        vagrant.describe(told)
        began = time.monotonic()
        with pytest.raises(MecctlError, match="could not bring all machines up") as caught:
            vagrant.up({"edge-1": state / "console/edge-1.log"})
    finally:
        dead.stop()

    assert time.monotonic() - began < 120
    assert "console of edge-1: " in str(caught.value)
    assert "Kernel panic" in str(caught.value) or "No working init" in str(caught.value)


def test_the_host_has_all_that_machines_need() -> None:
    assert shutil.which("vagrant")
    assert subprocess.run([MECCTL, "doctor", "--driver", "vagrant"], check=False, capture_output=True).returncode == 0
