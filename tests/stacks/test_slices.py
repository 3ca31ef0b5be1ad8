import pytest

from tests.stacks.rendering import URLLC, VIDEO, full_site, render, site


def test_a_slice_is_a_labelled_restricted_namespace():
    metadata = render("slices", full_site()).find("Namespace", "slice-1-0000a1")["metadata"]

    assert metadata["labels"] == {
        "app.kubernetes.io/managed-by": "mecctl",
        "mec.io/slice": "video",
        "mec.io/sst": "1",
        "mec.io/sd": "0000a1",
        "mec.io/priority-class": "mec-5qi-7",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }


def test_a_slice_without_sd_has_no_sd_label():
    assert "mec.io/sd" not in render("slices", full_site()).find("Namespace", "slice-2")["metadata"]["labels"]


def test_annotations_of_a_nest_are_carried():
    annotations = {"mec.io/nest.mtu": "1500"}

    made = render("slices", site(slices=[{**VIDEO, "annotations": annotations}]))

    assert made.find("Namespace", "slice-1-0000a1")["metadata"]["annotations"] == annotations


def test_the_quota_holds_for_requests_and_limits():
    assert render("slices", full_site()).find("ResourceQuota", namespace="slice-1-0000a1")["spec"] == {
        "hard": {
            "requests.cpu": "2",
            "limits.cpu": "2",
            "requests.memory": "2Gi",
            "limits.memory": "2Gi",
            "pods": "20",
        }
    }


def test_only_tenants_and_quotas_have_limits():
    made = render("slices", site(slices=[VIDEO | {"isolation": "none"}, URLLC | {"isolation": "none"}]))

    assert made.names("LimitRange") == {"slice-1-0000a1/slice"}
    assert made.names("NetworkPolicy") >= {"slice-2/default-deny", "slice-2/allow-inside"}


def test_every_level_above_none_bounds_what_the_slice_uses():
    for isolation in ("tenant", "virtual-resource", "physical"):
        assert render("slices", site(slices=[URLLC | {"isolation": isolation}])).names("LimitRange") == {
            "slice-2/slice"
        }


def test_resources_of_a_slices_own_are_reserved_for_every_container():
    quota = {"cpu": "400m", "memory": "1Gi"}
    made = render("slices", site(slices=[URLLC | {"isolation": "virtual-resource", "quota": quota}]))

    given = {"cpu": "400m", "memory": "256Mi"}
    assert made.find("LimitRange")["spec"]["limits"] == [
        {
            "type": "Container",
            "default": given,
            "defaultRequest": given,
            "maxLimitRequestRatio": {"cpu": "1", "memory": "1"},
        }
    ]


@pytest.mark.parametrize("ways", [[], ["local"]])
def test_local_traffic_needs_no_further_way_out(ways):
    made = render("slices", site(slices=[VIDEO | {"dataNetworkAccess": ways}]))

    own = {name for name in made.names("NetworkPolicy") if name.startswith("slice-")}
    assert own == {f"slice-1-0000a1/{name}" for name in ("default-deny", "allow-dns", "allow-inside")}


def test_the_internet_is_what_no_site_has_inside():
    made = render("slices", site(slices=[VIDEO | {"dataNetworkAccess": ["local", "internet"]}, URLLC]))

    assert made.names("NetworkPolicy") >= {"slice-1-0000a1/allow-internet", "slice-2/default-deny"}
    assert made.find("NetworkPolicy", "allow-internet")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "ipBlock": {
                            "cidr": "0.0.0.0/0",
                            "except": [
                                "10.0.0.0/8",
                                "100.64.0.0/10",
                                "127.0.0.0/8",
                                "169.254.0.0/16",
                                "172.16.0.0/12",
                                "192.168.0.0/16",
                            ],
                        }
                    }
                ]
            }
        ],
    }


@pytest.mark.parametrize(("five_qi", "value"), [(7, 58000), (82, 109000), (69, 123000)])
def test_a_5qi_is_a_priority_class_that_evicts_nobody(five_qi, value):
    made = render("slices", site(slices=[URLLC | {"qos": {"fiveQI": five_qi}}]))

    wanted = made.find("PriorityClass", f"mec-5qi-{five_qi}")
    assert (wanted["value"], wanted["preemptionPolicy"]) == (value, "Never")


def test_slices_of_one_5qi_share_its_class():
    made = render("slices", site(slices=[VIDEO, URLLC | {"qos": {"fiveQI": 7}}]))

    assert made.names("PriorityClass") == {"/mec-5qi-7"}


def test_nothing_is_open_between_slices_without_a_policy():
    made = render("slices", site(slices=[VIDEO, URLLC]))

    assert made.names("NetworkPolicy") == {"mecctl-node/default-deny", "mecctl-node/allow-dns"} | {
        f"{namespace}/{name}"
        for namespace in ("slice-1-0000a1", "slice-2")
        for name in ("default-deny", "allow-dns", "allow-inside")
    }


def test_inside_a_slice_only_its_own_pods_are_meant():
    spec = render("slices", full_site()).find("NetworkPolicy", "allow-inside", "slice-2")["spec"]

    assert spec["ingress"] == [{"from": [{"podSelector": {}}]}]
    assert spec["egress"] == [{"to": [{"podSelector": {}}]}]


def test_a_policy_opens_both_sides_on_its_port_only():
    made = render("slices", full_site())

    out = made.find("NetworkPolicy", "to-cache", "slice-2")["spec"]
    into = made.find("NetworkPolicy", "from-urllc-to-cache", "slice-1-0000a1")["spec"]
    cache = {"matchLabels": {"app.kubernetes.io/name": "cache"}}
    video = {"matchLabels": {"kubernetes.io/metadata.name": "slice-1-0000a1"}}
    urllc = {"matchLabels": {"kubernetes.io/metadata.name": "slice-2"}}
    ports = [{"protocol": "TCP", "port": 8080}]
    assert out == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"namespaceSelector": video, "podSelector": cache}], "ports": ports}],
    }
    assert into == {
        "podSelector": cache,
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"namespaceSelector": urllc}], "ports": ports}],
    }
