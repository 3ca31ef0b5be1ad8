import pytest

from mecctl.nodes.facts import parse

ANSWER = """machine=x86_64
kernel=6.1.0-18-cloud-amd64
hostname=edge-1
machine_id=0123456789abcdef0123456789abcdef
cores=4
memory=2048000
disk=10485760 5242880
cgroup=cgroup2fs
container=none
swap=0
caps=000001ffffffffff
conntrack_writable=1
os_like=rocky rhel centos fedora
os_name=Rocky Linux 9.6 (Blue Onyx)
python=3.9
filter=firewalld
filter=ufw
encrypts=1
listen=22 sshd
listen=6443 kube-apiserver
speed=127.0.0.1
speed=10.0.0.1 1000
speed=10.1.0.1 -1
mtu=10.0.0.1 1500
mtu=10.1.0.1
clock=1000.5
"""


def test_a_machine():
    seen = parse("edge-1", ANSWER, sent=1000.0, received=1001.0)

    assert (seen.arch, seen.kernel, seen.cgroup) == ("amd64", (6, 1), "v2")
    assert (seen.cores, seen.speeds, seen.mtus) == (4, {"10.0.0.1": 10**9}, {"10.0.0.1": 1500})
    assert (seen.memory, seen.disk_size, seen.disk_free) == (2048000 * 1024, 10 * 2**30, 5 * 2**30)
    assert (seen.container, seen.swap, seen.raise_limits, seen.conntrack_writable) == (False, False, True, True)
    assert (seen.system.family, seen.system.python, seen.system.filters) == ("redhat", (3, 9), ("firewalld", "ufw"))
    assert seen.listeners == {22: "sshd", 6443: "kube-apiserver"}


def test_a_container_without_cap_sys_resource():
    text = ANSWER.replace("container=none", "container=podman").replace(
        "caps=000001ffffffffff", "caps=000001fffeffffff"
    )
    text = text.replace("cgroup2fs", "tmpfs").replace("conntrack_writable=1\n", "")

    seen = parse("edge-1", text, sent=1000.0, received=1001.0)

    assert (seen.container, seen.raise_limits, seen.cgroup, seen.conntrack_writable) == (True, False, "v1", False)


@pytest.mark.parametrize(
    ("clock", "skew"),
    [(1000.5, 0.0), (1000.0, 0.0), (1001.0, 0.0), (4601.0, 3600.0), (-2600.0, -3600.0), (1003.5, 2.5)],
)
def test_skew_is_what_the_round_trip_cannot_explain(clock, skew):
    seen = parse("edge-1", ANSWER.replace("clock=1000.5", f"clock={clock}"), sent=1000.0, received=1001.0)

    assert seen.clock_skew == pytest.approx(skew)
