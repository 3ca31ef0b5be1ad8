"""The site as a whole: keys of the file, defaults, shortcuts, round trips."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from mecctl.model import Access, Kubernetes, Node, Policy, Site

SITE: dict[str, Any] = {
    "apiVersion": "mecctl/v1",
    "kind": "Site",
    "metadata": {"name": "here", "labels": {"region": "campus"}},
    "spec": {
        "location": {"country": "DE", "latitude": 52.52, "longitude": 13},
        "access": {"privateKey": "keys/id"},
        "nodes": [
            {"name": "a", "address": "10.0.0.1", "roles": ["server"]},
            {"name": "b", "address": "10.0.0.2", "roles": ["agent"], "arch": "arm64", "pool": "urllc"},
            {"name": "c", "address": "10.0.0.3", "roles": ["server", "agent"]},
        ],
        "kubernetes": {
            "version": "v1.36.5+k3s1",
            "network": {"cni": "flannel", "podCIDR": "10.42.0.0/16", "serviceCIDR": "10.43.0.0/16"},
        },
        "slices": [{"name": "video", "snssai": {"sst": 1, "sd": "0000A1"}, "qos": {"fiveQI": 7}}],
        "workloads": [{"name": "cache", "slice": "video", "image": "mecctl.io/web:1", "ports": [8080]}],
        "policies": [{"from": {"slice": "x"}, "to": {"slice": "video", "workload": "cache", "ports": [8080]}}],
    },
}


@pytest.fixture
def site():
    return Site.model_validate(SITE)


def test_shortcuts(site):
    assert site.name == "here"
    assert [node.name for node in site.servers] == ["a", "c"]
    assert [node.name for node in site.agents] == ["b"]
    assert [node.runs_workloads for node in site.nodes] == [False, True, True]
    assert site.slice("video").namespace == "slice-1-0000a1"
    assert site.workloads[0].replicas == 1
    assert site.policies[0].source.slice == "x"
    assert site.kubernetes.api_endpoint(site.servers) == "10.0.0.1:6443"
    with pytest.raises(KeyError):
        site.slice("none")


def test_defaults_are_the_careful_ones(site):
    assert site.kubernetes.hardening == "cis"
    assert site.kubernetes.distribution == "k3s"
    assert site.spec.access.host_keys == "strict"
    assert site.slices[0].isolation == "tenant"
    assert site.spec.lab is None


@pytest.mark.parametrize(
    "back",
    [
        lambda site: Site.model_validate(site.model_dump(by_alias=True)),
        lambda site: Site.model_validate(site.model_dump()),
        lambda site: Site.model_validate_json(site.model_dump_json(by_alias=True)),
    ],
)
def test_round_trip(site, back):
    assert back(site) == site


def test_frozen(site):
    with pytest.raises(ValidationError, match="frozen"):
        site.metadata.name = "there"


def test_unknown_key():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Site.model_validate({**SITE, "extra": 1})


def test_every_field_is_described() -> None:
    for model in _models(Site):
        assert model.__doc__
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"


def _models(root: Any) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    waiting = [root]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in found:
                found.add(kind)
                waiting += [field.annotation for field in kind.model_fields.values()]
        else:
            waiting += get_args(kind)
    return found


def lab(**access: str) -> Access:
    spec = {**SITE["spec"], "lab": {}, "access": access}
    if not access:
        del spec["access"]
    return Site.model_validate({**SITE, "spec": spec}).spec.access


def test_a_lab_has_its_own_key() -> None:
    assert (lab().private_key, lab().known_hosts) == (".mecctl/lab/id_ed25519", ".mecctl/lab/known_hosts")
    assert lab(privateKey="mine").private_key == "mine"
    assert lab(privateKey="mine").known_hosts == ".mecctl/lab/known_hosts"
    assert lab(user="mec").user == "mec"


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (None, "10.0.0.1:6443"),
        ("10.0.0.9", "10.0.0.9:6443"),
        ("api.example:443", "api.example:443"),
    ],
)
def test_api_endpoint(endpoint, expected):
    kubernetes = Kubernetes.model_validate(
        {"version": "v1.36.3", "network": {"cni": "cilium"}, "endpoint": endpoint, "hardening": "none"}
    )
    assert kubernetes.api_endpoint([Node(name="a", address="10.0.0.1", roles=("server",))]) == expected


def test_policy_reads_from_and_to():
    policy = Policy.model_validate({"from": {"slice": "a"}, "to": {"slice": "b"}})
    assert (policy.source.slice, policy.target.slice, policy.target.workload, policy.target.ports) == (
        "a",
        "b",
        None,
        (),
    )
