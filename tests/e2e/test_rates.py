"""Rates on a real site of four slices: held, mended, and never a pod without them."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from mecctl.engine.kube import KubeClient
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e

SUBNET = "10.78.211"
NODE = "edge-2"
RATED = 'snssai: {sst: 2, sd: "0000b2"}\n      throughput: {downlink: {maximum: 20Mbps}, uplink: {maximum: 20Mbps}}'
MORE = """\
    - name: video
      snssai: {sst: 1, sd: "0000c3"}
      throughput: {downlink: {guaranteed: 10Mbps, maximum: 50Mbps, perPod: 30Mbps}, uplink: {maximum: 10Mbps}}
    - {name: meters, snssai: {sst: 3}}
  workloads:
"""
IN_PLACE = "tc filter show dev {device} {hook} | grep -q mecctl-"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    live = LiveSite(tmp_path_factory.mktemp("rates") / "inventories" / "lab", SUBNET)
    live.edit('snssai: {sst: 2, sd: "0000b2"}', RATED)
    live.edit("  workloads:\n", MORE)
    try:
        assert live.mecctl("lab", "up", timeout=3000).code == 0
        ended = live.up()
        assert ended.code == 0, ended.out + ended.err
        yield live
    finally:
        live.stop()


def until(condition: Callable[[], object], seconds: float) -> float:
    """Wait for a condition; return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def metric(name: str, part: str) -> float:
    text = httpx.get(f"http://{SUBNET}.12:9477/metrics", timeout=5).text
    (line,) = [line for line in text.splitlines() if line.startswith(f'{name}{{slice="{part}"')]
    return float(line.split()[-1])


def devices(site: LiveSite) -> list[str]:
    """Return the host-side devices of the pods of slice urllc."""
    listed = site.on(NODE, "grep -l slice-2-0000b2 /var/lib/cni/results/* | xargs -n1 cat | grep -o 'lxc[0-9a-f]*'")
    return sorted(set(listed.split()) & set(site.on(NODE, "ls /sys/class/net").split()))


def holds(site: LiveSite) -> bool:
    """Whether every pod of slice urllc is led through the queues, both ways."""
    checks = [IN_PLACE.format(device=name, hook=hook) for name in devices(site) for hook in ("ingress", "egress")]
    queue = "tc class show dev mec-rate0 | grep -q 'ceil 20186Kbit'"
    script = " && ".join([*checks, queue, "echo yes || true"])
    return bool(checks) and site.on(NODE, f"if {script}; then :; else echo no; fi").strip() == "yes"


def pods(site: LiveSite, namespace: str, selector: str) -> list[str]:
    with KubeClient.from_kubeconfig(site.folder.state / "kubeconfig") as client:
        found = client.list("v1", "Pod", namespace, label_selector=selector)
        return [one["metadata"]["name"] for one in found if _ready(one)]


def _ready(pod: dict) -> bool:  # type: ignore[type-arg]
    conditions = pod["status"].get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def test_every_promise_of_four_slices_holds(site: LiveSite) -> None:
    ended = site.mecctl("slice", "probe", "--only", "rates", "-o", "json")
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
def test_what_is_removed_by_hand_is_seen_and_mended(site: LiveSite, harm: str) -> None:
    until(lambda: holds(site), 30)
    before = metric("mecctl_slice_drift_total", "urllc")
    site.on(NODE, harm)

    until(lambda: holds(site), 5)
    assert metric("mecctl_slice_drift_total", "urllc") > before


def test_an_agent_that_is_killed_comes_back_and_nothing_is_open_meanwhile(site: LiveSite) -> None:
    agent = site.on(NODE, "pgrep -f 'python3 -BIS /opt/sliceagent$'").split()[0]
    site.on(NODE, f"kill -9 {agent}")

    assert holds(site)
    until(lambda: site.on(NODE, "pgrep -f 'python3 -BIS /opt/sliceagent$' || true").split() not in ([], [agent]), 60)
    assert holds(site)


def test_without_an_agent_no_pod_of_the_slice_starts(site: LiveSite) -> None:
    with KubeClient.from_kubeconfig(site.folder.state / "kubeconfig") as client:
        client.delete(client.get("apps/v1", "DaemonSet", "mecctl-node", "slice-agent"))
        until(lambda: not client.list("v1", "Pod", "mecctl-node"), 60)
    site.on(NODE, "tc qdisc del dev mec-rate0 root")

    ended = site.mecctl("slice", "probe", "--only", "isolation")
    assert ended.code == 1
    assert "slice urllc (slice-2-0000b2/" in ended.err
    assert "the slice agent of this node doesn't answer" in ended.err

    assert site.up().code == 0
    until(lambda: holds(site), 10)


def test_after_a_reboot_pods_are_held_again(site: LiveSite) -> None:
    before = devices(site)
    site.podman("restart", NODE, "--time", "20")

    ended = site.up()
    assert ended.code == 0, ended.out + ended.err
    until(lambda: devices(site) not in ([], before) and holds(site), 120)


def test_without_rates_nothing_is_left_of_them(site: LiveSite) -> None:
    text = (site.path / "site.yaml").read_text()
    lines = [line for line in text.splitlines() if "throughput:" not in line and "fiveQI" not in line]
    (site.path / "site.yaml").write_text("\n".join(lines).replace("nest: slices/embb.json", "isolation: tenant"))
    ended = site.up()

    assert ended.code == 0, ended.out + ended.err
    assert "Namespace mecctl-node" in ended.out
    until(lambda: "mec-rate0" not in site.on(NODE, "ls /sys/class/net"), 30)
    assert site.on(NODE, "cat /etc/mecctl/slices").split() == []
