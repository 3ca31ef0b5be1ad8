"""Finding a site, and every problem of it told at once."""

from pathlib import Path

import pytest

from mecctl.errors import InputError
from mecctl.sitefile import load


def test_a_valid_site(folder, edited):
    found = edited()
    assert found.path == folder.resolve()
    assert found.state == found.path / ".mecctl"
    assert found.site.name == "here"
    assert found.warnings == ()


def test_resolve(folder, edited, monkeypatch):
    monkeypatch.setenv("HOME", "/home/mec")
    found = edited()
    assert found.resolve("keys/id") == found.path / "keys/id"
    assert found.resolve("/etc/keys/id") == Path("/etc/keys/id")
    assert found.resolve("~/.ssh/id") == Path("/home/mec/.ssh/id")


def test_found_by_folder_file_and_name(folder, monkeypatch, tmp_path_factory):
    inventories = tmp_path_factory.mktemp("inventories")
    (inventories / "here").symlink_to(folder)
    monkeypatch.chdir(inventories.parent)
    for reference in (folder, str(folder), f"{folder}/", folder / "site.yaml", str(folder / "site.yaml")):
        assert load(reference, inventories).path == folder.resolve()
    assert load("here", inventories).path == folder.resolve()
    assert load("here", Path(inventories.name)).path == folder.resolve()
    assert load(f"{inventories.name}/here").path == folder.resolve()


def test_a_folder_without_a_site_file_does_not_hide_a_name(folder, monkeypatch, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    (root / "lab").mkdir()
    (root / "inventories").mkdir()
    (root / "inventories" / "lab").symlink_to(folder)
    monkeypatch.chdir(root)
    assert load("lab").path == folder.resolve()


def test_no_such_site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        load("nowhere")
    assert str(refused.value) == (
        "nowhere: there is no such site: looked for nowhere/site.yaml and inventories/nowhere/site.yaml; "
        "a site's folder, or its name under inventories/; `mecctl init NAME` writes a new one"
    )
    with pytest.raises(InputError, match=f"looked for {tmp_path}/x/site.yaml;"):
        load(tmp_path / "x")
    assert refused.value.exit_code == 3


def test_everything_wrong_is_told_at_once_by_line(told):
    problems = told(
        ("mecctl/v1", "mecctl/v2"),
        ("{privateKey: keys/id}", "{privateKey: keys/id, bastion: jump}"),
        ("address: 10.77.0.12", "address: 10.77.0.11, port: ssh"),
        ("version: v1.36.3", "version: v1.35.0"),
        ("cni: cilium", "cni: flannel"),
        ("hardening: none", "hardening: stig"),
        ('sd: "0000a1"', "sd: 010203"),
        ("slice: urllc, image", "slice: mmtc, image"),
        ("workload: cache", "workload: cash"),
    )
    assert [problem.split(": ")[0] + " " + problem.split(": ")[1] for problem in problems] == [
        "site.yaml:1 apiVersion",
        "site.yaml:5 spec.access.bastion",
        "site.yaml:8 spec.nodes[1].port",
        "site.yaml:8 spec.nodes[1].address",
        "site.yaml:11 spec.kubernetes.version",
        "site.yaml:12 spec.kubernetes.network.cni",
        "site.yaml:13 spec.kubernetes.hardening",
        "site.yaml:15 spec.slices[0].snssai.sd",
        "site.yaml:19 spec.workloads[1].slice",
        "site.yaml:21 spec.policies[0].to.workload",
    ]


def test_a_broken_item_raises_no_false_alarm(told):
    """What a broken slice or workload is called is known, so nothing that refers to it is wrong."""
    assert told(
        ("{name: embb, snssai", "{name: embb, x: 1, snssai"), ("name: cache, slice", "y: 1, name: cache, slice")
    ) == [
        (
            "site.yaml:15: spec.slices[0].x: this key isn't known here; known: annotations, availability, "
            "dataNetworkAccess, isolation, maxPacketSize, name, nest, pool, qos, quota, snssai, throughput"
        ),
        (
            "site.yaml:18: spec.workloads[0].y: this key isn't known here; known: annotations, appd, "
            "architecture, args, command, dns, env, files, image, maximumLatency, mobility, name, outside, pool, "
            "ports, probes, provides, replicas, requires, resources, scale, slice, storage, vm"
        ),
    ]


def test_a_value_of_many_aliases_is_not_shown(told):
    bomb = "[&a [1, 1, 1, 1], &b [*a, *a, *a, *a], &c [*b, *b, *b, *b], &d [*c, *c, *c, *c], *d]"
    problems = told(('cpu: "1"', f"cpu: {bomb}"))
    assert problems == [
        (
            "site.yaml:16: spec.slices[1].quota.cpu: this isn't an amount of CPU; "
            "cores or millicores, for example 2 or 500m"
        )
    ]


def test_nothing_is_written(folder, told):
    before = sorted(folder.rglob("*"))
    told(("kind: Site", "kind: Fleet"))
    assert sorted(folder.rglob("*")) == before


PROMISES = (
    ("{name: embb, snssai", "{name: embb, isolation: physical, availability: 99.99%, snssai"),
    ("replicas: 2, ports: [8080]", "replicas: 1, ports: [8080]"),
    ('image: "mecctl.io/web:1", ports', 'image: "mecctl.io/web:1", replicas: 3, ports'),
)


def test_what_a_site_can_not_hold_is_told_with_its_line(told):
    assert [problem.partition(";")[0] for problem in told(*PROMISES)] == [
        "site.yaml:15: spec.slices[0].pool: is missing: isolation physical gives embb nodes of its own",
        "site.yaml:15: spec.slices[0].availability: 99.99% needs two nodes, and embb has 1 to run on",
        "site.yaml:16: spec.slices[1].quota.cpu: the slice's workloads may use 1500m in sum: control 3 x 500m",
        "site.yaml:16: spec.slices[1].quota.memory: the slice's workloads may use 768Mi in sum: control 3 x 256Mi",
        "site.yaml:18: spec.workloads[0].replicas: cache has 1 replica, and availability 99.99% of embb needs a second",
    ]


def test_links_are_read(edited):
    found = edited(
        ("roles: [agent]", "roles: [agent], link: 1Gbps"), ("  kubernetes:\n", "  uplink: 500 Mbps\n  kubernetes:\n")
    )
    assert found.site.nodes[1].link == 10**9
    assert (found.site.spec.uplink.egress, found.site.spec.uplink.ingress) == (5 * 10**8, 5 * 10**8)
