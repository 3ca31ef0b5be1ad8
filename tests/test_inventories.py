"""The example sites are valid and are what their descriptions say."""

from pathlib import Path

import pytest

from mecctl.sitefile import load

INVENTORIES = Path(__file__).parents[1] / "inventories"
NAMES = sorted(path.parent.name for path in INVENTORIES.glob("*/site.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_valid(name):
    assert load(name, INVENTORIES).site.name == name


def test_all_are_there():
    assert {"lab", "lab-k3s", "k3s-street-cabinet"} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "distribution", "version", "cni", "subnet"),
    [
        ("lab", "kubeadm", "v1.36.3", "cilium", "10.77.0"),
        ("lab-k3s", "k3s", "v1.36.5+k3s1", "flannel", "10.79.0"),
    ],
)
def test_labs(name, distribution, version, cni, subnet):
    site = load(name, INVENTORIES).site
    kubernetes = site.kubernetes
    assert (kubernetes.distribution, kubernetes.version, kubernetes.network.cni) == (distribution, version, cni)
    assert [node.address for node in site.nodes] == [f"{subnet}.11", f"{subnet}.12"]
    assert (site.servers[0].name, site.agents[0].name) == ("edge-1", "edge-2")
    assert site.spec.lab is not None
    assert site.spec.access.private_key == ".mecctl/lab/id_ed25519"
    assert [found.namespace for found in site.slices] == ["slice-1-0000a1", "slice-2-0000b2"]
    assert site.slice("embb").model_dump(mode="json", by_alias=True, include={"throughput"}, exclude_none=True) == {
        "throughput": {"downlink": {"guaranteed": "1500Mbps"}, "uplink": {"guaranteed": "50Kbps"}}
    }
    assert [(workload.name, workload.slice, workload.replicas) for workload in site.workloads] == [
        ("cache", "embb", 2),
        ("control", "urllc", 1),
    ]
    (policy,) = site.policies
    assert (policy.source.slice, policy.target.slice, policy.target.workload) == ("urllc", "embb", "cache")


def test_the_nest_is_the_real_one():
    real = (Path(__file__).parent / "data" / "nest" / "katana_nest_embb.json").read_bytes()
    for name in ("lab", "lab-k3s"):
        assert (INVENTORIES / name / "slices" / "embb.json").read_bytes() == real


def test_street_cabinet():
    found = load("k3s-street-cabinet", INVENTORIES)
    site = found.site
    assert (len(site.servers), len(site.agents)) == (3, 2)
    assert {node.arch for node in site.agents} == {"arm64"}
    assert site.spec.access.host_keys == "strict"
    assert site.kubernetes.api_endpoint(site.servers) == "10.20.30.10:6443"
    assert site.spec.lab is None
    assert found.warnings == ()
