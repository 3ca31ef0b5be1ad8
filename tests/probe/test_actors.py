import json
from typing import Any

import pytest

from mecctl.model.images import LAB_PYTHON, PYTHON
from mecctl.probe.actors import NAMESPACE, Role, actor, opening, own_namespace
from mecctl.probe.pod import SELECTOR
from mecctl.probe.room import room
from tests.stacks.pod_security import violations
from tests.stacks.rendering import full_site

LAB = full_site()
ELSEWHERE = LAB.model_copy(update={"spec": LAB.spec.model_copy(update={"lab": None})})
ROLES: tuple[Role, ...] = ("listen", "attempt", "peer", "agent")


def labels(obj: dict[str, Any]) -> set[tuple[str, str]]:
    return set(obj["metadata"]["labels"].items())


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_admitted_as_restricted_and_ends_by_itself(role):
    pod = actor(LAB, role, "slice-2", {})

    assert violations(pod["spec"]) == []
    assert pod["spec"]["activeDeadlineSeconds"] <= 1800


def test_it_runs_one_script_with_its_words():
    command = actor(LAB, "agent", "slice-2", {"orders": []})["spec"]["containers"][0]["command"]

    assert command[:2] == ["python3", "-c"]
    assert command[3:] == ["agent", '{"orders": []}']
    assert len(json.dumps(command)) < 2**17, "no argument may be longer than the kernel takes"


def test_a_labs_image_is_never_looked_for_in_a_registry():
    lab, elsewhere = (actor(site, "listen", "x", {})["spec"]["containers"][0] for site in (LAB, ELSEWHERE))

    assert (lab["image"], lab["imagePullPolicy"]) == (LAB_PYTHON, "Never")
    assert (elsewhere["image"], elsewhere["imagePullPolicy"]) == (PYTHON, "IfNotPresent")


def test_a_peer_goes_to_its_node_and_uses_what_cpu_there_is():
    spec = actor(LAB, "peer", NAMESPACE, {}, cpu=0, node="edge-1")["spec"]

    assert spec["nodeName"] == "edge-1"
    assert spec["tolerations"] == [{"operator": "Exists"}]
    assert "cpu" not in spec["containers"][0]["resources"]["limits"]


def test_a_slices_pod_goes_the_schedulers_way():
    spec = actor(LAB, "agent", "slice-2", {}, node="edge-1")["spec"]

    assert spec["nodeSelector"] == {"kubernetes.io/hostname": "edge-1"}
    assert not {"tolerations", "nodeName"} & spec.keys()


def test_only_agents_are_let_out_and_only_to_peers():
    policy = opening("slice-2")["spec"]
    (rule,) = policy["egress"]
    agents, (peers,) = set(policy["podSelector"]["matchLabels"].items()), rule["to"]

    assert policy["policyTypes"] == ["Egress"]
    assert [role for role in ROLES if agents <= labels(actor(LAB, role, "x", {}))] == ["agent"]
    assert peers["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}
    chosen = set(peers["podSelector"]["matchLabels"].items())
    assert [role for role in ROLES if chosen <= labels(actor(LAB, role, "x", {}))] == ["peer"]


def test_whatever_it_makes_is_found_again():
    wanted = {tuple(part.split("=")) for part in SELECTOR.split(",")}

    for obj in (own_namespace(), opening("x"), *(actor(LAB, role, "x", {}) for role in ROLES)):
        assert wanted <= labels(obj)


@pytest.mark.parametrize(
    ("quotas", "left"),
    [
        ([], 1000),
        ([({"pods": "3"}, {})], 1000),
        ([({"limits.cpu": "1"}, {"limits.cpu": "500m"})], 250),
        ([({"limits.cpu": "1500m"}, {})], 750),
        ([({"limits.cpu": "8"}, {"limits.cpu": "1"}), ({"limits.cpu": "2"}, {"limits.cpu": "1"})], 500),
        ([({"limits.cpu": "1"}, {"limits.cpu": "1"})], 200),
    ],
)
def test_half_of_what_the_quota_leaves(quotas, left):
    assert room(quotas) == left
