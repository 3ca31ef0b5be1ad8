from typing import Any

from mecctl.probe.attempts import Attempt, Running, attempts, running
from tests.stacks.rendering import CACHE, CONTROL, OPENING, URLLC, VIDEO, full_site, site

FOUND = Running(
    {("slice-1-0000a1", "cache"): "10.43.0.5", ("slice-2", "control"): "10.43.0.6"},
    {("slice-1-0000a1", "cache"): "10.42.1.5", ("slice-2", "control"): "10.42.1.6"},
)
API = "10.43.0.1"


def of(kind: str, **spec: Any) -> set[tuple[str, str, str, int]]:
    chosen = site(**spec) if spec else full_site()
    return {(one.slice, one.peer, one.host, one.port) for one in attempts(chosen, FOUND, API) if one.kind == kind}


def test_a_workload_answers_its_own_slice_on_every_port_by_service_and_pod():
    assert of("answers") == {
        ("video", "video/cache:8080", "10.43.0.5", 8080),
        ("video", "video/cache:8080 (pod)", "10.42.1.5", 8080),
        ("video", "video/cache:9090", "10.43.0.5", 9090),
        ("video", "video/cache:9090 (pod)", "10.42.1.5", 9090),
        ("urllc", "urllc/control:8080", "10.43.0.6", 8080),
        ("urllc", "urllc/control:8080 (pod)", "10.42.1.6", 8080),
    }


def test_a_policy_opens_its_port_and_the_others_stay_refused():
    assert of("opened") == {
        ("urllc", "video/cache:8080", "10.43.0.5", 8080),
        ("urllc", "video/cache:8080 (pod)", "10.42.1.5", 8080),
    }
    assert of("refused") == {
        ("urllc", "video/cache:9090", "10.43.0.5", 9090),
        ("urllc", "video/cache:9090 (pod)", "10.42.1.5", 9090),
        ("video", "urllc/control:8080", "10.43.0.6", 8080),
        ("video", "urllc/control:8080 (pod)", "10.42.1.6", 8080),
    }


def test_without_policies_nothing_is_opened():
    spec = {"slices": [VIDEO, URLLC], "workloads": [CACHE, CONTROL]}

    assert of("opened", **spec) == set()
    assert len(of("refused", **spec)) == 6


def test_a_policy_for_a_whole_slice_opens_all_ports_of_its_workloads():
    wide = {"from": {"slice": "urllc"}, "to": {"slice": "video"}}

    assert {port for _, _, _, port in of("opened", slices=[VIDEO, URLLC], workloads=[CACHE], policies=[wide])} == {
        8080,
        9090,
    }


def test_each_slice_looks_up_its_services_or_else_the_api():
    spec = {"slices": [VIDEO, URLLC], "workloads": [CACHE], "policies": [OPENING]}
    names = [one for one in attempts(site(**spec), FOUND, API) if one.kind == "dns"]

    assert names == [
        Attempt("video", "dns", "cache.slice-1-0000a1.svc", "cache.slice-1-0000a1.svc", expected="10.43.0.5"),
        Attempt("urllc", "dns", "kubernetes.default.svc", "kubernetes.default.svc", expected=API),
    ]


def test_what_does_not_run_is_kept_without_a_host():
    tried = attempts(full_site(), Running({}, {}), API)

    assert {one.host for one in tried if one.kind != "dns"} == {""}


def pod(name: str, address: str, *, ready: str = "True", **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "slice-2", "labels": {"app.kubernetes.io/name": name}, **metadata},
        "status": {"podIP": address, "conditions": [{"type": "Ready", "status": ready}]},
    }


def test_only_ready_pods_that_stay_are_targets():
    pods = [
        pod("control", "10.42.1.7", ready="False"),
        pod("control", "10.42.1.8", deletionTimestamp="2026-01-01T00:00:00Z"),
        pod("control", "10.42.1.9"),
        pod("control", "10.42.1.10"),
    ]

    assert running([], pods).pods == {("slice-2", "control"): "10.42.1.9"}


MAPPED = CACHE | {"ports": [{"port": 80, "targetPort": 8080}, {"port": 53, "protocol": "UDP"}]}


def test_the_service_is_tried_at_its_port_and_the_pod_at_its_own_and_udp_at_neither():
    assert of("answers", slices=[VIDEO], workloads=[MAPPED]) == {
        ("video", "video/cache:80", "10.43.0.5", 80),
        ("video", "video/cache:80 (pod)", "10.42.1.5", 8080),
    }


def test_two_ports_of_a_service_that_end_at_one_of_the_pods_open_together():
    work = CACHE | {"ports": [{"port": 80, "targetPort": 8080}, {"port": 81, "targetPort": 8080}, 9090]}
    policy = {"from": {"slice": "urllc"}, "to": {"slice": "video", "ports": [80]}}
    spec = {"slices": [VIDEO, URLLC], "workloads": [work], "policies": [policy]}

    assert {peer for _, peer, _, _ in of("opened", **spec) if "pod" not in peer} == {"video/cache:80", "video/cache:81"}
    assert {peer for _, peer, _, _ in of("refused", **spec) if "pod" not in peer} == {"video/cache:9090"}
