"""The four kinds of machine, from what /proc says on each: cgroup v1 hybrid or v2, with CAP_SYS_RESOURCE or without."""

import tomllib

import pytest

from mecctl.lab.machine import Limits, containers_conf, read

HYBRID = """\
25 24 0:21 / /proc rw,relatime - proc proc rw
30 29 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
32 30 0:28 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
33 30 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
34 30 0:30 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
35 30 0:31 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
"""
HYBRID_2 = "36 30 0:32 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
UNIFIED = """\
25 24 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
29 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
"""
ALL = "CapInh:\t0000000000000000\nCapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\n"
WITHOUT = "CapInh:\t0000000000000000\nCapEff:\t000001fffeffffff\nCapBnd:\t000001fffeffffff\n"
LIMITS = Limits(files=20000, processes=96365, highest_pid=32768)


@pytest.fixture
def machine(tmp_path):
    def make(mountinfo, status, limits=LIMITS, controllers="cpuset cpu io memory hugetlb pids rdma misc"):
        (tmp_path / "self").mkdir()
        (tmp_path / "self/mountinfo").write_text(mountinfo)
        (tmp_path / "self/status").write_text(f"Name:\tpython3\n{status}Threads:\t1\n")
        (tmp_path / "cgroup.controllers").write_text(f"{controllers}\n")
        return read(tmp_path, tmp_path, limits)

    return make


def ulimits(machine):
    return tomllib.loads(containers_conf(machine))["containers"].get("default_ulimits")


@pytest.mark.parametrize(("status", "raises"), [(ALL, True), (WITHOUT, False)])
@pytest.mark.parametrize(("mounts", "cgroups"), [(HYBRID + HYBRID_2, "hybrid"), (UNIFIED, "v2")])
def test_the_four_kinds(machine, mounts, cgroups, status, raises):
    found = machine(mounts, status)

    assert (found.cgroups, found.raise_limits, found.cgroup_fault) == (cgroups, raises, None)
    assert ulimits(found) == (None if raises else ["nofile=20000:20000", "nproc=32768:32768"])


def test_runc_and_cgroupfs_are_used_everywhere(machine):
    engine = tomllib.loads(containers_conf(machine(UNIFIED, ALL)))["engine"]

    assert engine == {"runtime": "runc", "cgroup_manager": "cgroupfs"}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(-1, -1, 4194304), ["nofile=1048576:1048576", "nproc=4194304:4194304"]),
        (Limits(524288, 30000, 4194304), ["nofile=524288:524288", "nproc=30000:30000"]),
    ],
)
def test_limits_stay_at_or_below_the_hard_ones(machine, limits, expected):
    assert ulimits(machine(UNIFIED, WITHOUT, limits)) == expected


def test_plain_v1_is_fine_with_the_systemd_hierarchy(machine):
    found = machine(HYBRID, ALL)

    assert (found.cgroups, found.cgroup_fault) == ("v1", None)


@pytest.mark.parametrize(
    ("mounts", "controllers", "fault"),
    [
        (HYBRID.replace("cgroup rw,name=systemd", "cgroup rw,freezer"), "", "name=systemd"),
        (HYBRID.replace("cgroup rw,pids", "cgroup rw,blkio"), "", "no cgroup controller pids"),
        (UNIFIED, "cpu io memory pids", "no cgroup controller cpuset"),
        ("25 24 0:21 / /proc rw,relatime - proc proc rw\n", "", "no cgroup file system"),
    ],
)
def test_what_keeps_systemd_from_running_is_said(machine, mounts, controllers, fault):
    assert fault in str(machine(mounts, ALL, controllers=controllers).cgroup_fault)


def test_this_machine_can_be_read():
    found = read()

    assert found.cgroups in {"v1", "hybrid", "v2"}
    assert found.limits.highest_pid > 300
