"""A site on a machine with a kernel of its own: made, proven, booted again, and nothing is left to do."""

import pytest

from tests.support.machines import LiveMachines

pytestmark = pytest.mark.vm


@pytest.fixture(scope="module")
def first(single: LiveMachines):
    """What the first `site up` said."""
    return single.up()


def test_the_site_comes_up_and_is_proven(single, first):
    assert first.code == 0, first.out + first.err
    assert first.json["ok"] is True
    assert "proof" in {step["name"] for step in first.json["steps"]}


def test_nothing_is_left_to_do(single, first):
    ended = single.plan()

    assert (ended.code, ended.json["changes"]) == (0, []), ended.out


def test_the_kernel_and_its_groups_are_the_machines_own(single, first):
    assert single.on("edge-1", "stat -f -c %T /sys/fs/cgroup") == "cgroup2fs"
    assert single.on("edge-1", "systemd-detect-virt; systemd-detect-virt --container || true").split()[0] in {
        "qemu",
        "kvm",
    }


def test_the_kubelet_holds_to_the_kernels_settings(single, first):
    said = single.on("edge-1", "cat /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet.d/* 2>/dev/null")

    assert "protectKernelDefaults: true" in said


def test_a_real_reboot_keeps_settings_and_leaves_nothing_to_do(single, first):
    settings = "sysctl -n vm.overcommit_memory kernel.panic kernel.kptr_restrict net.ipv4.ip_forward"
    loaded = "lsmod | cut -d' ' -f1 | grep -x -e br_netfilter -e overlay"
    before = single.on("edge-1", f"{settings}; {loaded} | sort")

    single.reboot("edge-1")
    status = single.until_ready()
    ended = single.plan()

    assert single.on("edge-1", f"{settings}; {loaded} | sort") == before
    assert all(node["ready"] for node in status["nodes"])
    assert (ended.code, ended.json["changes"]) == (0, []), ended.out + ended.err
