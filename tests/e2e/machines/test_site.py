"""A site whose agent has a kernel of its own: made, proven, booted again, and what befalls machines far away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.machines import LiveMachines, running
from tests.support.molecule import passes
from tests.support.wire import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live import Ended

pytestmark = pytest.mark.e2e

SETTINGS = "sysctl -n fs.protected_fifos vm.overcommit_memory kernel.panic kernel.kptr_restrict net.ipv4.ip_forward"
MODULES = "lsmod | cut -d' ' -f1 | grep -x -e br_netfilter -e overlay | sort"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    """A lab of a container and a machine, which are up; nothing is installed on them."""
    folder = tmp_path_factory.mktemp("site") / "inventories" / "lab-vm"
    with running(LiveMachines.beside(folder, "amd64"), "edge-2") as beside:
        yield beside


def test_the_site_comes_up_and_is_proven(site: LiveMachines, first: Ended) -> None:
    assert first.code == 0, first.out + first.err
    assert "proof" in {step["name"] for step in first.json["steps"]}
    assert site.on("edge-2", "uname -r") != os.uname().release


def test_nothing_is_left_to_do(site: LiveMachines, first: Ended) -> None:
    ended = site.plan()

    assert (ended.code, ended.json["changes"]) == (0, []), ended.out


def test_the_kubelet_holds_to_the_kernels_settings_and_pods_are_in_the_one_hierarchy(
    site: LiveMachines, first: Ended
) -> None:
    assert "protectKernelDefaults: true" in site.on("edge-2", "cat /etc/kubernetes/kubelet.d/10-mecctl.conf")
    assert "memory" in site.on("edge-2", "cat /sys/fs/cgroup/kubepods.slice/cgroup.controllers")


def test_what_pods_say_is_in_the_clear_where_nothing_encrypts_it(site: LiveMachines, first: Ended) -> None:
    seen = between(site, "edge-1", "edge-2")

    assert (seen.clear > 10, seen.wrapped) == (True, 0), seen


def test_a_real_reboot_keeps_settings_and_leaves_nothing_to_do(site: LiveMachines, first: Ended) -> None:
    before = site.on("edge-2", f"{SETTINGS}; {MODULES}")

    site.reboot("edge-2")
    status = site.until_ready()
    ended = site.plan()

    assert site.on("edge-2", f"{SETTINGS}; {MODULES}") == before
    assert [node["ready"] for node in status["nodes"]] == [True, True]
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err


@pytest.mark.vm
def test_a_power_cut_at_work_brings_the_site_back_by_itself(site: LiveMachines, first: Ended) -> None:
    site.cut_power("edge-2")
    assert site.mecctl("lab", "up", timeout=900).code == 0
    status = site.until_ready()
    ended = site.plan()

    assert [node["ready"] for node in status["nodes"]] == [True, True]
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err


@pytest.mark.vm
def test_a_power_cut_in_the_middle_of_up_is_made_up_for_by_one_more_run(site: LiveMachines, first: Ended) -> None:
    site.on("edge-2", "rm /usr/local/bin/ctr")
    process = site.start("site", "up")
    while site.on("edge-2", "ls /usr/local/bin/ctr 2>&1 || true") != "/usr/local/bin/ctr":
        assert process.poll() is None
    site.cut_power("edge-2")  # and its disk has no byte of it yet
    out, err = process.communicate(timeout=900)
    assert site.mecctl("lab", "up", timeout=900).code == 0
    again = site.up()

    assert process.returncode in {1, 4}, out + err
    assert again.code == 0, again.out + again.err
    assert site.plan().code == 0
    assert site.on("edge-2", "ctr --version").startswith("ctr")


@pytest.mark.vm
@pytest.mark.parametrize(
    ("harm", "mend", "said"),
    [
        ("date -s '+1 hour'", "date -s '-1 hour'", "s ahead of this machine's"),
        (
            "fallocate -l $(($(df -Pk / | awk 'NR==2 {print $4}') - 400000))K /var/filler",
            "rm /var/filler",
            "are free on /var/lib",
        ),
    ],
    ids=["a clock an hour off", "a full disk"],
)
def test_what_is_wrong_is_named_and_nothing_changes_on_that_node(
    site: LiveMachines, first: Ended, harm: str, mend: str, said: str
) -> None:
    site.on("edge-2", harm)
    try:
        ended = site.up()
    finally:
        site.on("edge-2", mend)

    assert ended.code == 1, ended.out + ended.err
    faults = [fault["what"] for fault in ended.json["errors"] if str(fault["where"]).startswith("edge-2: ")]
    assert [said in fault for fault in faults] == [True], faults
    assert [change for change in ended.json["changes"] if change["subject"].startswith("edge-2: ")] == []


@pytest.mark.vm
def test_molecules_scenario_passes() -> None:
    passes("vm", timeout=1800)
