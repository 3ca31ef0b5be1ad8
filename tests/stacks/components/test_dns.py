import pytest

from stacks.components.dns import dns_address
from tests.stacks.rendering import full_site, render, site


@pytest.mark.parametrize(
    ("cidr", "address"), [("10.43.0.0/16", "10.43.0.10"), ("192.168.5.0/24", "192.168.5.10"), ("fd00::/112", "fd00::a")]
)
def test_dns_has_the_tenth_address(cidr, address):
    assert dns_address(cidr) == address


def test_dns_answers_where_kubelets_ask():
    service = render("platform", full_site()).find("Service", "kube-dns", "kube-system")

    assert service["spec"]["clusterIP"] == "10.43.0.10"
    assert {(port["protocol"], port["port"]) for port in service["spec"]["ports"]} == {
        ("UDP", 53),
        ("TCP", 53),
        ("TCP", 9153),
    }


def test_dns_survives_the_loss_of_a_node():
    made = render("platform", full_site())

    spec = made.find("Deployment", "coredns")["spec"]
    pod = spec["template"]["spec"]
    assert spec["replicas"] == 2
    assert pod["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"
    assert {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"} in pod[
        "tolerations"
    ]
    assert made.find("PodDisruptionBudget")["spec"]["minAvailable"] == 1


def test_dns_may_watch_what_it_names_and_nothing_else():
    rules = render("platform", full_site()).find("ClusterRole", "system:coredns")["rules"]

    assert {verb for rule in rules for verb in rule["verbs"]} == {"list", "watch"}
    assert {name for rule in rules for name in rule["resources"]} == {
        "endpoints",
        "services",
        "pods",
        "namespaces",
        "endpointslices",
    }


def test_only_a_lab_is_cut_off_from_other_names():
    lab, real = (
        render("platform", chosen).find("ConfigMap", "coredns")["data"]["Corefile"] for chosen in (full_site(), site())
    )

    assert "template" in lab
    assert "forward" in real
