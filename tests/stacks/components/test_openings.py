from typing import Any

from stacks.components.openings import opened
from tests.stacks.rendering import CACHE, CONTROL, URLLC, VIDEO, render, site

OTHER = CACHE | {"name": "other", "ports": [7000]}
SILENT = CACHE | {"name": "silent", "ports": []}


def ways(*policies: Any) -> dict[tuple[str, str], tuple[int, ...]]:
    whole = site(slices=[VIDEO, URLLC], workloads=[CACHE, OTHER, SILENT, CONTROL], policies=list(policies))
    return {(source, workload.name): tuple(one.port for one in ports) for source, workload, ports in opened(whole)}


def policy(**target: Any) -> dict[str, Any]:
    return {"from": {"slice": "urllc"}, "to": {"slice": "video", **target}}


def test_a_policy_opens_its_ports_of_its_workload():
    assert ways(policy(workload="cache", ports=[9090])) == {("urllc", "cache"): (9090,)}


def test_without_ports_it_opens_what_the_workload_declares():
    assert ways(policy(workload="cache")) == {("urllc", "cache"): (8080, 9090)}


def test_without_a_workload_it_opens_all_of_the_slice_that_listen():
    assert ways(policy()) == {("urllc", "cache"): (8080, 9090), ("urllc", "other"): (7000,)}


def test_policies_of_one_way_add_up():
    assert ways(policy(workload="cache", ports=[8080]), policy(workload="cache", ports=[9090])) == {
        ("urllc", "cache"): (8080, 9090)
    }


def test_it_opens_the_pods_port_of_the_protocol():
    ports = [{"port": 53, "protocol": "UDP", "targetPort": 5353}, {"port": 53, "targetPort": 5353}, 80]
    whole = site(slices=[VIDEO, URLLC], workloads=[CACHE | {"ports": ports}], policies=[policy(ports=[53])])

    spec = render("slices", whole).find("NetworkPolicy", "to-cache")["spec"]

    assert spec["egress"][0]["ports"] == [{"protocol": "UDP", "port": 5353}, {"protocol": "TCP", "port": 5353}]
