import json
from pathlib import Path

import pytest

from mecctl.artifacts.store import Store
from mecctl.errors import MecctlError
from mecctl.lab import lifecycle
from mecctl.lab.containers import Container
from mecctl.lab.ground import Ground
from mecctl.lab.layout import host_arch, layout, machines
from mecctl.lab.vms import accelerator, box, daemon, making
from mecctl.lab.vms.box import Box
from mecctl.plan.progress import Silent
from tests.lab.sites import NODES, site_folder


@pytest.fixture
def folder(tmp_path):
    return site_folder(tmp_path / "site", lab={"driver": "vagrant", "cpus": 3, "memory": "2Gi"})


def made_of(folder, tmp_path):
    """A run for the virtual nodes of a site."""
    ground = Ground(folder, layout(folder), lambda _: None, Silent())
    return making.Making(ground, machines(folder.site), folder.site.spec.lab, Store(tmp_path / "cache"), Silent())


@pytest.fixture
def prepare(folder, tmp_path, monkeypatch):
    """Prepare a lab on a machine that has none, without touching it; return what Vagrant is told."""

    def made(_store, arch, _release, _progress):
        return Box(arch, f"mecctl/node-{arch}", "1.0.7", "file:///c.json", Path("/b/vmlinuz"), Path("/b/initrd"))

    monkeypatch.setattr(box, "ensure", made)
    monkeypatch.setattr(daemon, "start", lambda *_: None)

    def run(kind="tcg"):
        monkeypatch.setattr(accelerator, "find", lambda *_: kind)
        monkeypatch.setattr(accelerator, "processors", lambda _arch, asked: asked - 1)
        made_of(folder, tmp_path).prepare()
        return json.loads((folder.state / "lab/vms/machines.json").read_text())

    return run


def test_vagrant_is_told_what_the_site_says(prepare):
    told = prepare()

    assert [row["name"] for row in told["nodes"]] == ["edge-1", "edge-2"]
    assert {(row["cpus"], row["memoryMiB"], row["driver"], row["cpuMode"]) for row in told["nodes"]} == {
        (2, 2048, "qemu", "maximum")
    }
    assert told["nodes"][0]["mac"] != told["nodes"][1]["mac"]
    assert told["prefix"].startswith("mec-unit-test-")


def test_kvm_is_used_where_it_works(prepare):
    assert {(row["driver"], row["cpuMode"], row["cpus"]) for row in prepare("kvm")["nodes"]} == {
        ("kvm", "host-passthrough", 3)
    }


def test_a_machine_of_another_architecture_is_emulated_beside_containers(prepare, folder, tmp_path, monkeypatch):
    other = {"amd64": "arm64", "arm64": "amd64"}[host_arch()]
    nodes = (NODES[0], {**NODES[1], "arch": other})
    site = site_folder(tmp_path / "site", nodes, lab={"driver": "podman", "machines": ["edge-2"]})
    monkeypatch.setattr(accelerator, "find", lambda made_from, *_: "kvm" if made_from.arch == host_arch() else "tcg")
    monkeypatch.setattr(accelerator, "processors", lambda _arch, asked: asked)
    made_of(site, tmp_path).prepare()
    (row,) = json.loads((folder.state / "lab/vms/machines.json").read_text())["nodes"]

    assert (row["name"], row["box"]["name"], row["driver"]) == ("edge-2", f"mecctl/node-{other}", "qemu")
    assert row["machineArch"] == {"amd64": "x86_64", "arm64": "aarch64"}[other]
    assert f"console={'ttyAMA0' if other == 'arm64' else 'ttyS0'} " in f"{row['commandLine']} "


def test_a_second_run_keeps_keys_and_puts_them_on_record(prepare, folder):
    prepare()
    known = folder.resolve(folder.site.spec.access.known_hosts)
    first, seeds = known.read_text(), [file.read_bytes() for file in folder.state.glob("lab/vms/seeds/*.tar")]
    known.unlink()
    prepare()

    assert known.read_text() == first
    assert [file.read_bytes() for file in folder.state.glob("lab/vms/seeds/*.tar")] == seeds
    assert len(first.splitlines()) == 2


def test_machines_that_the_site_says_no_more_or_elsewhere_are_removed(prepare, folder, tmp_path, monkeypatch):
    prepare()
    kept = (folder.state / "lab/vms/seeds/edge-1.tar").read_bytes()
    gone = []
    monkeypatch.setattr("mecctl.lab.vms.vagrant.Vagrant.destroy", lambda _, name: gone.append(name))
    moved = {"name": "edge-2", "address": "10.78.1.13", "roles": ["agent"]}
    for node, expected in ((moved, ["edge-2"]), ({**moved, "name": "edge-3"}, ["edge-2", "edge-2"])):
        site = site_folder(tmp_path / "site", (NODES[0], node), lab={"driver": "vagrant"})
        made_of(site, tmp_path).prepare()

        assert gone == expected
        assert {file.stem for file in folder.state.glob("lab/vms/seeds/*")} == {"edge-1", node["name"]}
    assert (folder.state / "lab/vms/seeds/edge-1.tar").read_bytes() == kept


@pytest.mark.parametrize(("asked", "up"), [("podman", "virtual machines"), ("vagrant", "containers")])
def test_a_lab_that_is_up_as_another_kind_is_not_touched(folder, tmp_path, monkeypatch, asked, up):
    monkeypatch.setattr("mecctl.lab.machine.is_root", lambda: True)
    monkeypatch.setattr("mecctl.lab.machine.Machine.cgroup_fault", None)
    there = Container("mec-edge-1", "edge-1", "running", 7, "", "")
    monkeypatch.setattr("mecctl.lab.containers.Podman.containers", lambda *_: (there,))
    monkeypatch.setattr(daemon, "leftovers", lambda _: iter(["process 7"]))

    with pytest.raises(MecctlError, match=f"is up as {up}") as caught:
        lifecycle.up(lifecycle.with_driver(folder, asked), Store(tmp_path / "cache"), Silent())

    assert "mecctl lab down" in str(caught.value)
