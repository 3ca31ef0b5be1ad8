from typing import Any

from tests.stacks.rendering import CACHE, VIDEO, render, site


def container(**more: Any) -> Any:
    found = render("workloads", site(slices=[VIDEO], workloads=[CACHE | more]))
    return found.find("Deployment")["spec"]["template"]["spec"]["containers"][0]


def test_own_probes_stand_beside_those_that_are_left_out():
    made = container(probes={"readiness": {"http": {"path": "/ready"}, "period": "2s", "timeout": "3s", "failures": 4}})

    assert made["readinessProbe"] == {
        "httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"},
        "periodSeconds": 2,
        "timeoutSeconds": 3,
        "failureThreshold": 4,
    }
    assert made["livenessProbe"]["tcpSocket"] == {"port": 8080}


def test_a_program_is_run_and_another_port_is_asked():
    made = container(probes={"startup": {"exec": ["/bin/check", "-q"]}, "liveness": {"tcp": {"port": 9999}}})

    assert made["startupProbe"]["exec"] == {"command": ["/bin/check", "-q"]}
    assert made["livenessProbe"]["tcpSocket"] == {"port": 9999}


def test_what_listens_by_udp_alone_is_not_asked():
    assert not [key for key in container(ports=[{"port": 53, "protocol": "UDP"}]) if "Probe" in key]


def test_the_pods_port_is_asked_not_the_services():
    assert container(ports=[{"port": 80, "targetPort": 8080}])["readinessProbe"]["tcpSocket"] == {"port": 8080}
