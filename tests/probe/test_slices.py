from typing import Any

import pytest

from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError
from mecctl.plan.progress import Silent
from mecctl.probe import stage as stage_module
from mecctl.probe.actors import NAMESPACE, actor, opening, own_namespace
from mecctl.probe.part import Part
from mecctl.probe.slices import Probed, probe
from tests.probe.stagehands import Cluster, Object, well
from tests.stacks.rendering import URLLC, VIDEO, full_site, site

RATES: dict[str, Any] = {"throughput": {"downlink": {"guaranteed": "50Mbps", "maximum": "100Mbps"}}}
SITE = site(slices=[{**VIDEO, **RATES, "maxPacketSize": "1500B"}, URLLC])


def run(cluster: Cluster, chosen: Any = SITE, *parts: Any) -> Probed:
    client: Any = cluster
    return probe(client, chosen, Silent(), parts or tuple(Part))


def roles(cluster: Cluster) -> list[tuple[str, str]]:
    return [(pod["metadata"]["labels"]["mecctl.io/probe"], pod["metadata"]["namespace"]) for pod in cluster.made]


def test_a_site_that_keeps_its_promises():
    cluster = Cluster()

    found = run(cluster)

    assert found.ok, [check for check in found.checks if not check.ok]
    assert {check.kind for check in found.checks} == {"isolation", "rate", "latency", "packet"}
    assert [(one.slice, one.phase, round(one.rates[0] / 1e6, 1)) for one in found.series] == [
        ("video", "alone", 99.2),
        ("video", "together", 99.2),
    ]
    assert cluster.objects == {}


def test_walls_are_tried_before_anything_is_opened():
    def says(pod: Object, words: Object) -> list[Object]:
        opened = [kind for kind, _, _ in cluster.objects if kind == "NetworkPolicy"]
        role = pod["metadata"]["labels"]["mecctl.io/probe"]
        assert bool(opened) == (role in ("peer", "agent"))
        return well(pod, words)

    cluster = Cluster(says)

    assert run(cluster).ok


def test_a_part_by_itself():
    cluster = Cluster()
    assert {check.kind for check in run(cluster, SITE, "latency").checks} == {"latency"}
    assert [role for role, _ in roles(cluster)] == ["peer", "peer", "agent", "agent"]

    cluster = Cluster()
    assert {check.kind for check in run(cluster, SITE, "isolation").checks} == {"isolation"}
    assert sorted(roles(cluster)) == sorted(
        (role, place) for role in ("listen", "attempt") for place in (NAMESPACE, "slice-1-0000a1", "slice-2")
    )


def test_a_packet_that_a_listener_saw_breaks_its_senders_promise():
    found = run(Cluster(), SITE, "isolation")
    udp = next(i for i, one in enumerate(found.checks) if (one.slice, one.peer) == ("video", "urllc/probe udp"))

    def leaking(pod: Object, words: Object) -> list[Object]:
        lines = well(pod, words)
        saw = pod["metadata"]["namespace"] == "slice-2" and {"ready": True} in lines
        return [*lines, {"seen": udp}] if saw else lines

    broken = [check for check in run(Cluster(leaking), SITE, "isolation").checks if not check.ok]
    assert [(one.slice, one.peer, one.measured) for one in broken] == [
        ("video", "urllc/probe udp", "seen by the receiver")
    ]


def test_a_flow_that_falls_short_is_held_against_the_unshaped_path():
    def says(pod: Object, words: Object) -> list[Object]:
        lines = well(pod, words)
        return [{**line, "windows": [5_000_000] * 4} if "windows" in line else line for line in lines]

    cluster = Cluster(says)
    found = run(cluster, SITE, "rates")

    assert ("agent", NAMESPACE) in roles(cluster)
    assert found.checks[0].measured == "41.44 (unshaped, the path gives 41.44)"
    assert found.checks[0].ok


@pytest.mark.parametrize("error", [KeyboardInterrupt, MecctlError("no")])
def test_nothing_stays_after_a_failure(error):
    def says(pod: Object, words: Object) -> list[Object]:
        if "attempts" in words:
            raise error
        return well(pod, words)

    cluster = Cluster(says)

    with pytest.raises((KeyboardInterrupt, MecctlError)):
        run(cluster)
    assert cluster.made
    assert cluster.objects == {}


def test_what_a_killed_run_left_goes_first():
    cluster = Cluster()
    for left in (own_namespace(), opening("slice-2"), actor(SITE, "listen", "slice-2", {})):
        cluster.create(left)

    assert run(cluster).ok
    assert cluster.objects == {}


def test_a_quota_without_room_is_told_as_ever(monkeypatch):
    monkeypatch.setattr(stage_module, "QUOTA", 0.0)
    cluster = Cluster()
    full = KubeError(403, "Forbidden", "exceeded quota: slice, requested: pods=1")
    cluster.refuse = lambda obj: full if obj["metadata"].get("namespace") == "slice-2" else None

    with pytest.raises(MecctlError, match="is not admitted to slice-2"):
        run(cluster)
    assert cluster.objects == {}


def test_a_quota_that_is_late_to_notice_is_waited_for():
    cluster = Cluster()
    refusals = [KubeError(403, "Forbidden", "exceeded quota: slice")] * 3
    cluster.refuse = lambda obj: refusals.pop() if refusals and obj["kind"] == "Pod" else None

    assert run(cluster).ok


def test_no_slices_no_probe():
    assert run(Cluster(), site()).checks == ()


def test_workloads_that_do_not_run_break_what_they_promise():
    found = run(Cluster(), full_site(), "isolation")

    assert {one.measured for one in found.checks if "cache" in (one.peer or "")} == {
        "nothing of it runs",
        "nothing of it runs, proves nothing: it answers nobody else either",
    }
    assert not found.ok


def test_pods_run_where_their_slices_do():
    cluster = Cluster()
    run(cluster, site(slices=[{**VIDEO, "isolation": "physical", "pool": "own"}, URLLC]), Part.isolation)

    pools = {
        (pod["metadata"]["namespace"], pod["spec"].get("nodeSelector", {}).get("mec.io/pool")) for pod in cluster.made
    }
    assert pools == {("slice-1-0000a1", "own"), ("slice-2", None), (NAMESPACE, None)}
