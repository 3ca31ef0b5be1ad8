"""Rates on a real site of four slices: held, mended, and never a pod without them."""

import time
from collections.abc import Callable

import pytest

from mecctl.engine.kube import KubeClient
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e

NODE = "edge-2"
IN_PLACE = "tc filter show dev {device} {hook} | grep -q mecctl-"


def until(condition: Callable[[], object], seconds: float) -> float:
    """Wait for a condition; return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def metric(site: LiveSite, name: str, part: str) -> float:
    (address,) = [node.address for node in site.folder.site.nodes if node.name == NODE]
    # From another node: the packet filter lets only nodes and pods in.
    text = site.on("edge-1", f"curl --silent --max-time 5 http://{address}:9477/metrics")
    (line,) = [line for line in text.splitlines() if line.startswith(f'{name}{{slice="{part}"')]
    return float(line.split()[-1])


def devices(site: LiveSite) -> list[str]:
    """Return the host-side devices of the pods of slice urllc."""
    results = "grep -l slice-2-0000b2 /var/lib/cni/results/* | xargs -n1 cat | grep -o 'lxc[0-9a-f]*' || true"
    listed = site.on(NODE, results)
    return sorted(set(listed.split()) & set(site.on(NODE, "ls /sys/class/net").split()))


def holds(site: LiveSite) -> bool:
    """Whether every pod of slice urllc is led through the queues, both ways."""
    checks = [IN_PLACE.format(device=name, hook=hook) for name in devices(site) for hook in ("ingress", "egress")]
    queue = "tc class show dev mec-rate0 | grep -q 'ceil 20180Kbit'"
    return bool(checks) and site.on(NODE, f"{' && '.join([*checks, queue])} && echo yes || true").strip() == "yes"


def test_every_promise_of_four_slices_holds(sliced: LiveSite) -> None:
    ended = sliced.mecctl("slice", "probe", "--only", "rates", "-o", "json")
    alone = {(one["slice"], one["direction"]): one["rates"] for one in ended.json["series"] if one["phase"] == "alone"}
    limits = {("urllc", "downlink"): 20e6, ("urllc", "uplink"): 20e6, ("video", "downlink"): 30e6}

    assert {one["slice"] for one in ended.json["checks"]} == {"embb", "urllc", "video"}
    for key, limit in limits.items():
        # A machine that does other things may be late; that a rate is exceeded it can't bring about.
        assert alone[key], ended.out
        assert 0.8 * limit <= sum(alone[key]) / len(alone[key]) <= 1.03 * limit, ended.out
        assert max(alone[key]) <= 1.06 * limit, ended.out


@pytest.mark.parametrize(
    "harm",
    [
        "tc qdisc del dev mec-rate0 root",
        "ip link del mec-rate0",
        "for one in $(ls /sys/class/net | grep ^lxc); do tc filter del dev $one egress pref 1; done || true",
    ],
)
def test_what_is_removed_by_hand_is_seen_and_mended(sliced: LiveSite, harm: str) -> None:
    until(lambda: holds(sliced), 30)
    before = metric(sliced, "mecctl_slice_drift_total", "urllc")
    sliced.on(NODE, harm)

    until(lambda: holds(sliced), 5)
    assert metric(sliced, "mecctl_slice_drift_total", "urllc") > before


def test_an_agent_that_is_killed_comes_back_and_nothing_is_open_meanwhile(sliced: LiveSite) -> None:
    agent = sliced.on(NODE, "pgrep -f 'python3 -BIS /opt/sliceagent$'").split()[0]
    sliced.on(NODE, f"kill -9 {agent}")

    assert holds(sliced)
    until(lambda: sliced.on(NODE, "pgrep -f 'python3 -BIS /opt/sliceagent$' || true").split() not in ([], [agent]), 60)
    assert holds(sliced)


def test_without_an_agent_no_pod_of_the_slice_starts(sliced: LiveSite) -> None:
    with KubeClient.from_kubeconfig(sliced.folder.state / "kubeconfig") as client:
        client.delete(client.get("apps/v1", "DaemonSet", "slice-agent", "mecctl-node"))
        until(lambda: not client.list("v1", "Pod", "mecctl-node"), 60)
    sliced.on(NODE, "tc qdisc del dev mec-rate0 root")

    ended = sliced.mecctl("slice", "probe", "--only", "isolation")
    assert ended.code == 1
    assert "slice urllc (slice-2-0000b2/" in ended.err
    assert "the slice agent of this node doesn't answer" in ended.err

    assert sliced.up().code == 0
    until(lambda: holds(sliced), 10)


def test_after_a_reboot_pods_are_held_again(sliced: LiveSite) -> None:
    before = devices(sliced)
    sliced.podman("restart", NODE, "--time", "20")
    assert sliced.mecctl("lab", "up").code == 0  # returns once the node answers

    ended = sliced.up()
    assert ended.code == 0, ended.out + ended.err
    until(lambda: devices(sliced) not in ([], before) and holds(sliced), 120)


def test_without_rates_nothing_is_left_of_them(sliced: LiveSite) -> None:
    file = sliced.path / "site.yaml"
    rated = file.read_text()
    lines = [line for line in rated.splitlines() if "throughput:" not in line and "fiveQI" not in line]
    file.write_text("\n".join(lines).replace("nest: slices/embb.json", "isolation: tenant"))
    ended = sliced.up()

    assert ended.code == 0, ended.out + ended.err
    assert "Namespace mecctl-node" in ended.out
    until(lambda: "mec-rate0" not in sliced.on(NODE, "ls /sys/class/net"), 30)
    assert sliced.on(NODE, "cat /etc/mecctl/slices").split() == []

    file.write_text(rated)
    assert sliced.up().code == 0
    until(lambda: holds(sliced), 10)
