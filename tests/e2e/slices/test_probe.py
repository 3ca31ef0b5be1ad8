"""`slice probe` on a real site: what it proves, what it catches, and that nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mecctl.engine.kube import KubeClient
from mecctl.probe.actors import NAMESPACE
from mecctl.probe.pod import SELECTOR
from tests.support.live import Ended, LiveSite

pytestmark = pytest.mark.e2e

HOLE: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "hole", "namespace": "slice-1-0000a1"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
}


def probe(site: LiveSite, *options: str) -> Ended:
    return site.mecctl("slice", "probe", *options, "-o", "json")


def left(site: LiveSite) -> list[str]:
    """Return what is there of a probe."""
    with KubeClient.from_kubeconfig(site.folder.state / "kubeconfig") as client:
        kinds = (("v1", "Pod"), ("networking.k8s.io/v1", "NetworkPolicy"), ("v1", "Namespace"))
        found = [one for kind in kinds for one in client.list(*kind, label_selector=SELECTOR)]
        return [f"{one['kind']} {one['metadata']['name']}" for one in found]


@contextmanager
def hole(site: LiveSite) -> Iterator[None]:
    with KubeClient.from_kubeconfig(site.folder.state / "kubeconfig") as client:
        client.create(HOLE)
        try:
            yield
        finally:
            client.delete(HOLE)


def test_the_walls_of_a_site_hold(sliced: LiveSite) -> None:
    ended = probe(sliced, "--only", "isolation")
    checks = ended.json["checks"]

    assert ended.code == 0, ended.out + ended.err
    assert ended.json["ok"] is True
    tried = {(one["slice"], one["peer"]): one["declared"] for one in checks}
    for how in ("tcp", "udp", "icmp"):
        assert tried["embb", f"urllc/probe {how}"] == tried["urllc", f"embb/probe {how}"] == "closed"
        assert tried["embb", f"embb/probe {how}"] == tried["urllc", f"urllc/probe {how}"] == "open"
    assert tried["urllc", "embb/cache:8080 (pod) tcp"] == "open"
    assert tried["embb", "urllc/control:8080 (pod) tcp"] == "closed"
    assert left(sliced) == []


def test_a_hole_is_found_and_the_slice_named(sliced: LiveSite) -> None:
    with hole(sliced):
        ended = probe(sliced, "--only", "isolation")
        told = sliced.mecctl("slice", "probe", "--only", "isolation")
    broken = {(one["slice"], one["peer"]) for one in ended.json["checks"] if not one["ok"]}

    assert (ended.code, told.code) == (1, 1)
    assert {slice_ for slice_, _ in broken} == {"embb"}
    for how in ("tcp", "udp", "icmp"):
        assert ("embb", f"a pod outside of the slices {how}") in broken
        assert ("embb", f"from outside of the slices {how}") in broken
    assert told.out.splitlines()[-1].endswith("promises are broken, of embb")
    assert left(sliced) == []


def test_delays_with_and_without_load_and_packets_of_full_size(sliced: LiveSite) -> None:
    ended = probe(sliced, "--only", "latency", "--only", "packets")
    *delays, downlink, uplink = ended.json["checks"]

    assert ended.code == 0, ended.out + ended.err
    assert [one["kind"] for one in delays] == ["latency"] * 24
    assert all(0 < float(one["measured"]) < 1000 for one in delays)
    assert [(one["kind"], one["slice"], one["measured"]) for one in (downlink, uplink)] == [
        ("packet", "embb", "1500"),
        ("packet", "embb", "1500"),
    ]
    assert left(sliced) == []


def test_what_a_killed_run_left_goes_with_the_next(sliced: LiveSite) -> None:
    running = sliced.start("slice", "probe", "--only", "latency")
    with KubeClient.from_kubeconfig(sliced.folder.state / "kubeconfig") as client:
        watching = client.watch("v1", "Pod", NAMESPACE, label_selector=SELECTOR, timeout=60)
        next(event for event in watching if event.type != "SYNCED")
    running.kill()
    running.communicate()
    assert left(sliced) != []

    assert probe(sliced, "--only", "isolation").code == 0
    assert left(sliced) == []
