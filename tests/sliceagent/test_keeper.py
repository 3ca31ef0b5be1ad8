"""The real kernel, in a network namespace of the test's own."""

import subprocess  # two programs at once, which mecctl's own gateway doesn't do
from pathlib import Path

import pytest

from mecctl.process import run
from sliceagent import links, traffic
from sliceagent.keeper import Keeper
from sliceagent.netlink import Netlink
from sliceagent.pods import Pod
from sliceagent.queues import PLACE
from tests.sliceagent.told import settings
from tests.support.netns import in_netns, pod

VIDEO = {"downlink": {"maximum": 100_000_000}, "uplink": {"maximum": 50_000_000, "per_pod": 10_000_000}}
LISTEN = """
import socket, struct, sys
found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
found.setsockopt(socket.IPPROTO_IP, 13, 1)
found.bind(("0.0.0.0", 5000))
print("ready", flush=True)
found.settimeout(10)
_, about, _, peer = found.recvmsg(100, 100)
print(peer[0], struct.unpack("=B", about[0][2][:1])[0])
"""
SEND = 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("{to}", 5000))'


def devices(*names):
    for name in names:
        run(["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-pod"])
        run(["ip", "link", "set", name, "up"])


def keeper(*names, told=None):
    found = Keeper(Netlink(), told or settings(video=VIDEO, other={}))
    for name in names:
        found.admit(Pod("slice-video", f"pod-{name}", (name,)))
    return found


def listing(*words):
    return run(["tc", *words]).stdout


def state():
    """All that the keeper makes, but for counters and what the kernel numbers anew."""
    shown = [listing("class", "show", "dev", "mec-rate0"), listing("qdisc", "show", "dev", "mec-rate0")]
    return sorted(
        line.partition(" leaf ")[0] for text in shown for line in text.splitlines() if line[:9] == "class htb"
    )


@in_netns
def test_a_second_look_changes_nothing():
    devices("va", "vb")
    found = keeper("va", "vb")
    before = (
        state(),
        listing("filter", "show", "dev", "va", "ingress"),
        listing("filter", "show", "dev", "vb", "egress"),
    )
    found.keep()

    assert len(before[0]) == 2 + 4 + 4
    assert before == (
        state(),
        listing("filter", "show", "dev", "va", "ingress"),
        listing("filter", "show", "dev", "vb", "egress"),
    )
    assert not found.drift


@pytest.mark.parametrize(
    "harm",
    [
        "tc qdisc del dev va clsact",
        "tc filter del dev va ingress",
        "tc filter del dev va egress",
        "tc qdisc del dev mec-rate0 root",
        "tc class del dev mec-rate0 classid 1:1000",
        "tc class change dev mec-rate0 classid 1:1000 parent 1:12 htb rate 1mbit ceil 10gbit prio 7",
        "tc qdisc del dev mec-rate1 clsact",
        "ip link del mec-rate0",
        "ip link del mec-rate1",
    ],
)
@in_netns
def test_what_is_taken_away_is_mended_and_counted(harm):
    devices("va")
    found = keeper("va")
    before = state()
    run(harm.split())
    found.keep()

    assert state() == before
    assert found.drift == {"slice-video": 1}
    netlink, index = Netlink(), links.links(Netlink())["va"].index
    assert all(PLACE in traffic.filters(netlink, index, hook) for hook in (traffic.INGRESS, traffic.EGRESS))


@in_netns
def test_a_node_with_hundreds_of_devices():
    names = [f"v{number}" for number in range(250)]
    run(["ip", "-batch", "-"], stdin="".join(f"link add {name} type veth peer name {name}-p\n" for name in names))
    found = keeper(*names[:12])
    found.keep()

    assert found.pods() == {"slice-video": 12}
    assert not found.drift
    assert len(state()) == 2 + 4 + 2 * 12


@in_netns
def test_a_new_agent_takes_over_without_a_change():
    devices("va", "vb", "vc")
    keeper("va", "vb", "vc")
    run(["ip", "link", "del", "va"])
    before = listing("filter", "show", "dev", "vc", "ingress")
    successor = Keeper(Netlink(), settings(video=VIDEO, other={}))
    successor.adopt([Pod("slice-video", name, (f"v{name}",)) for name in "abc"])
    successor.keep()

    assert listing("filter", "show", "dev", "vc", "ingress") == before
    assert successor.pods() == {"slice-video": 2}
    assert "1:1000 " not in listing("class", "show", "dev", "mec-rate0")
    assert not successor.drift


@in_netns
def test_changed_slices_are_taken_over_too():
    devices("va")
    keeper("va", told=settings(video=VIDEO))
    slower = {**VIDEO, "downlink": {"maximum": 20_000_000}}
    successor = Keeper(Netlink(), settings(another=VIDEO, video=slower))
    successor.adopt([Pod("slice-video", "a", ("va",))])
    successor.keep()

    assert "1:1000 parent 1:10 " in listing("class", "show", "dev", "mec-rate0")
    assert "ceil 20186Kbit" in listing("class", "show", "dev", "mec-rate0", "classid", "1:10")


@in_netns
def test_who_is_not_shaped_pays_nothing():
    devices("va", "vb")
    found = Keeper(Netlink(), settings(marked={"dscp": 10, "shaped": False}))
    found.admit(Pod("slice-marked", "a", ("va",)))
    found.admit(Pod("slice-free", "b", ("vb",)))

    assert "mec-rate0" not in links.links(Netlink())
    assert "mecctl-" in listing("filter", "show", "dev", "va", "ingress")
    assert not listing("filter", "show", "dev", "va", "egress")
    assert "clsact" not in listing("qdisc", "show", "dev", "vb")


@in_netns
def test_at_the_end_nothing_is_left():
    devices("va")
    found = keeper("va")
    run(["tc", "filter", "add", "dev", "va", "ingress", "pref", "5", "u32", "match", "u32", "0", "0"])
    found.leave()

    assert "mec-rate0" not in links.links(Netlink())
    assert "mecctl" not in listing("filter", "show", "dev", "va", "ingress") + listing(
        "filter", "show", "dev", "va", "egress"
    )
    assert "u32" in listing("filter", "show", "dev", "va", "ingress")


@in_netns
def test_a_pod_without_a_device_is_refused():
    with pytest.raises(LookupError, match="none of the devices vx is there"):
        keeper("vx")


@in_netns
def test_packets_come_through_marked_and_counted():
    with pod("va", 1) as sender, pod("vb", 2) as receiver:
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        found = Keeper(Netlink(), settings(video={**VIDEO, "dscp": 46}, other={"uplink": {"maximum": 10**6}}))
        found.admit(Pod("slice-video", "a", ("va",)))
        found.admit(Pod("slice-other", "b", ("vb",)))
        heard = heard_by(receiver, [*sender, "python3", "-c", SEND.format(to="10.9.2.2")])

        assert heard.split() == ["10.9.1.2", str(46 << 2)]
        counted = found.counters()
        assert counted["slice-video", "downlink"].packets >= 1
        assert counted["slice-other", "uplink"].packets >= 1


def heard_by(receiver, send):
    with subprocess.Popen([*receiver, "python3", "-c", LISTEN], stdout=subprocess.PIPE, text=True) as listening:
        assert listening.stdout
        assert listening.stdout.readline() == "ready\n"
        run(send)
        return listening.stdout.read()
