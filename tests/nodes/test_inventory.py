import json
import os
from pathlib import Path

import pytest

from mecctl.errors import MecctlError
from mecctl.model import OperatingSystem, Slice
from mecctl.nodes import inventory
from mecctl.resources import resource

GOLDEN = Path(__file__).parent / "data" / "inventory.json"


def test_the_inventory_is_what_its_golden_file_says(folder, facts, blobs):
    text = json.dumps(inventory.render(folder, facts, blobs), indent=1).replace(str(folder.path), "/site") + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text)

    assert text == GOLDEN.read_text()


def test_a_node_that_was_not_seen_is_left_out(folder, facts, blobs):
    del facts["edge-1"]

    groups = inventory.render(folder, facts, blobs)["all"]["children"]

    assert list(groups["machines"]["hosts"]) == ["edge-2"]
    assert groups["servers"]["hosts"] == {}


def test_nodes_that_one_slice_has_to_itself_register_with_its_taint_and_keep_it(folder, facts, blobs):
    own = {"name": "urllc", "snssai": {"sst": 2}, "isolation": "physical", "pool": "urllc"}
    spec = folder.site.spec.model_copy(update={"slices": (Slice.model_validate(own),)})
    site = folder.site.model_copy(update={"spec": spec})

    found = inventory.render(type(folder)(folder.path, site), facts, blobs)["all"]

    hosts = found["children"]["machines"]["hosts"]
    assert {name: host["node_taints"] for name, host in hosts.items()} == {
        "edge-1": [],
        "edge-2": ["mec.io/slice=2:NoSchedule"],
    }
    kept = {name: one["taints"]["mec.io/slice"] for name, one in found["vars"]["site_nodes"].items()}
    assert kept == {"edge-1": None, "edge-2": "2:NoSchedule"}


def test_every_role_exists():
    known = {path.name for path in (resource("playbooks") / "roles").iterdir()}

    assert {role for roles in inventory.ROLES.values() for role in roles} <= known


def test_a_cluster_of_others_has_no_nodes_to_install(folder, facts, blobs):
    site = folder.site.model_copy(
        update={"spec": folder.site.spec.model_copy(
            update={"kubernetes": folder.site.kubernetes.model_copy(update={"distribution": "existing"})}
        )}
    )  # fmt: skip

    with pytest.raises(MecctlError, match="existing"):
        inventory.render(type(folder)(folder.path, site), facts, blobs)


def test_nodes_learn_of_their_peers_and_of_what_else_is_to_be_open(folder, facts, blobs):
    ports = OperatingSystem.model_validate({"openPorts": [{"port": 9100, "from": "10.0.0.0/8"}]})
    site = folder.site.model_copy(update={"spec": folder.site.spec.model_copy(update={"os": ports})})

    told = inventory.render(type(folder)(folder.path, site), facts, blobs)["all"]["vars"]

    assert told["site_node_addresses"] == ["10.0.0.1", "10.0.0.2"]
    assert told["site_open_ports"] == [{"port": 9100, "protocol": "tcp", "from": "10.0.0.0/8"}]
