from typing import Any

import pytest

from tests.stacks.rendering import CACHE, VIDEO, render, site


def deployment(**more: Any) -> Any:
    made = render("workloads", site(slices=[VIDEO], workloads=[CACHE | more]))
    return made.find("Deployment")["spec"]


def container(**more: Any) -> Any:
    return deployment(**more)["template"]["spec"]["containers"][0]


def test_replicas_are_spread_and_hold_the_slices_priority():
    spec = deployment()

    pod = spec["template"]["spec"]
    assert spec["replicas"] == 2
    assert pod["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"
    assert pod["priorityClassName"] == "mec-5qi-7"
    assert pod["automountServiceAccountToken"] is False


@pytest.mark.parametrize(("replicas", "unavailable"), [(1, 0), (2, 1), (5, 1)])
def test_a_rollout_goes_on_where_the_quota_is_used_up_but_never_stops_the_only_replica(replicas, unavailable):
    rolling = deployment(replicas=replicas)["strategy"]["rollingUpdate"]

    assert rolling == {"maxSurge": 1, "maxUnavailable": unavailable}


def test_the_selector_is_part_of_the_pods_labels():
    spec = deployment()

    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def test_annotations_are_the_deployments():
    notes = {"mec.io/appd-appDId": "a"}
    made = render("workloads", site(slices=[VIDEO], workloads=[CACHE | {"annotations": notes}]))

    assert made.find("Deployment")["metadata"]["annotations"] == notes


def test_the_service_has_all_ports():
    made = render("workloads", site(slices=[VIDEO], workloads=[CACHE]))

    assert made.find("Service", "cache")["spec"] == {
        "selector": {"app.kubernetes.io/name": "cache"},
        "ports": [
            {"name": "tcp-8080", "protocol": "TCP", "port": 8080, "targetPort": 8080},
            {"name": "tcp-9090", "protocol": "TCP", "port": 9090, "targetPort": 9090},
        ],
    }


def test_a_port_has_its_protocol_its_name_and_its_target():
    ports = [{"port": 53, "protocol": "UDP", "targetPort": 5353}, {"port": 80, "name": "http", "targetPort": 8080}]
    made = render("workloads", site(slices=[VIDEO], workloads=[CACHE | {"ports": ports}]))

    assert made.find("Service")["spec"]["ports"] == [
        {"name": "udp-53", "protocol": "UDP", "port": 53, "targetPort": 5353},
        {"name": "http", "protocol": "TCP", "port": 80, "targetPort": 8080},
    ]
    assert container(ports=ports)["ports"] == [
        {"name": "udp-5353", "containerPort": 5353, "protocol": "UDP"},
        {"name": "tcp-8080", "containerPort": 8080, "protocol": "TCP"},
    ]


def test_the_first_port_is_probed():
    made = container()

    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert made[probe]["tcpSocket"] == {"port": 8080}


def test_without_ports_there_is_no_service_and_no_probe():
    made = render("workloads", site(slices=[VIDEO], workloads=[CACHE | {"ports": []}]))

    assert made.names("Service") == set()
    assert not [key for key in made.find("Deployment")["spec"]["template"]["spec"]["containers"][0] if "Probe" in key]


def test_command_arguments_environment_and_resources_are_passed_on():
    made = container(
        command=["/bin/web"], args=["-v"], env={"MODE": "edge"}, resources={"cpu": "250m", "memory": "128Mi"}
    )

    assert (made["command"], made["args"]) == (["/bin/web"], ["-v"])
    assert made["env"] == [{"name": "MODE", "value": "edge"}]
    amounts = {"cpu": "250m", "memory": "128Mi"}
    assert made["resources"] == {"requests": amounts, "limits": amounts}


def test_what_is_left_out_is_left_to_the_image_and_the_slice():
    assert not {"command", "args", "resources"} & container().keys()
