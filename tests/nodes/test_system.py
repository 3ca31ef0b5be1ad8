"""Which family a system is of, and which systems are refused before anything is installed on them."""

import subprocess
from dataclasses import replace

import pytest

from mecctl.nodes.system import LOOK, System, faults, parse

DEBIAN = System("Debian GNU/Linux 12 (bookworm)", "debian", (3, 11))
ROCKY = System("Rocky Linux 9.6 (Blue Onyx)", "redhat", (3, 9))


@pytest.mark.parametrize(
    ("like", "family"),
    [
        ("debian", "debian"),
        ("ubuntu debian", "debian"),
        ("raspbian debian", "debian"),
        ("rhel fedora", "redhat"),
        ("rocky rhel centos fedora", "redhat"),
        ("ol fedora", "redhat"),
        ("sles suse", "suse"),
        ("opensuse-leap suse opensuse", "suse"),
        ("alpine", None),
        ("", None),
    ],
)
def test_a_system_is_of_the_family_that_it_names_or_says_it_is_like(like, family):
    assert parse({"os_like": like}, []).family == family


def test_what_a_look_at_this_machine_says_is_read():
    said = subprocess.run(["sh", "-s"], input=LOOK, capture_output=True, text=True, check=True).stdout
    one = dict(line.split("=", 1) for line in said.splitlines())

    seen = parse(one, [])

    assert seen.name == one["os_name"]
    assert seen.family in {"debian", "redhat", "suse"}
    assert seen.python
    assert seen.python >= (3, 9)
    assert seen.usr_writable


@pytest.mark.parametrize(
    ("seen", "distribution", "hardening"),
    [
        (DEBIAN, "kubeadm", "cis"),
        (ROCKY, "kubeadm", "none"),
        (replace(ROCKY, selinux=True, selinux_k3s=True), "k3s", "cis"),
        (replace(ROCKY, filters=("firewalld",)), "k3s", "cis"),
    ],
)
def test_what_can_be_a_node_has_no_fault(seen, distribution, hardening):
    assert list(faults("edge-1", seen, distribution, hardening)) == []


@pytest.mark.parametrize(
    ("seen", "distribution", "check", "what", "fix"),
    [
        (System("Alpine Linux v3.20", None, (3, 12)), "k3s", "system", "its system is Alpine Linux v3.20", "Debian"),
        (replace(ROCKY, usr_writable=False), "k3s", "system", "its /usr is read-only", "isn't an image"),
        (replace(ROCKY, python=None), "k3s", "python", "it has no python3", "dnf install -y python3"),
        (replace(DEBIAN, python=None), "k3s", "python", "it has no python3", "apt-get install -y python3"),
        (
            System("SUSE Linux Enterprise Server 15 SP6", "suse", (3, 6)),
            "k3s",
            "python",
            "its Python is 3.6",
            "zypper --non-interactive install python311",
        ),
        (replace(ROCKY, selinux=True), "kubeadm", "selinux", "SELinux enforces", "distribution: k3s"),
        (replace(ROCKY, selinux=True), "k3s", "selinux", "SELinux enforces", "k3s-selinux"),
        (replace(ROCKY, filters=("firewalld",)), "k3s", "firewall", "firewalld filters its packets", "--now firewalld"),
        (replace(DEBIAN, filters=("ufw",)), "kubeadm", "firewall", "ufw filters its packets", "hardening: cis"),
    ],
)
def test_what_stands_in_the_way_is_named_with_what_mends_it(seen, distribution, check, what, fix):
    (fault,) = faults("edge-1", seen, distribution, "none")

    assert (fault.check, fault.what) == (check, what)
    assert fix in str(fault.fix)
