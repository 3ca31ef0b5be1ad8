"""The guide's site files are valid, its commands run, and what it says of the code is so."""

import re
import shlex
from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from mecctl.cli.app import run
from mecctl.model import Workload
from mecctl.plan.placing import PLACED, Room, misfits
from mecctl.sitefile import load
from stacks.components.pod import RUN_AS
from tests.cluster.test_apps import pod
from tests.docs.test_slices import ROOT
from tests.stacks.rendering import render, site

GUIDE = (ROOT / "docs/guide/workloads.md").read_text()
SPECS = [yaml.safe_load(text)["spec"] for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
(OBJECTS,) = re.findall(r"```yaml objects\n(.*?)```", GUIDE, re.DOTALL)
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
(SAID,) = re.findall(r"```\n(site.yaml: .*?)\n```", GUIDE, re.DOTALL)

SCALED = SPECS[2]["workloads"][0]
NODES: list[dict[str, Any]] = [
    {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]},
    {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"], "pool": "edge"},
    {"name": "edge-3", "address": "10.77.0.13", "roles": ["agent"]},
]
VIDEO = {"name": "video", "snssai": {"sst": 1}}


@pytest.mark.parametrize("shown", SPECS, ids=lambda shown: str(shown["workloads"][0]["name"]))
def test_its_site_files_are_valid(shown, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/cache.conf").write_text("size=1\n")
    spec = {
        "access": {"privateKey": "key"},
        **shown,
        "nodes": NODES + shown.get("nodes", []),
        "kubernetes": {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}},
        "slices": [VIDEO],
    }
    document = {"apiVersion": "mecctl/v1", "kind": "Site", "metadata": {"name": "lab"}, "spec": spec}
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(document))

    assert load(tmp_path).site.workloads[0].name == shown["workloads"][0]["name"]


def test_what_makes_a_class_fits_what_asks_for_it():
    kind, volume = yaml.safe_load_all(OBJECTS)
    (asked,) = SPECS[1]["workloads"][0]["storage"]

    assert kind["metadata"]["name"] == volume["spec"]["storageClassName"] == asked["class"]
    assert volume["spec"]["capacity"]["storage"] == asked["size"]


@pytest.mark.parametrize("line", COMMANDS.splitlines())
def test_its_commands(line, tmp_path, monkeypatch):
    (tmp_path / "inventories").symlink_to(ROOT / "inventories")
    monkeypatch.chdir(tmp_path)
    named = pod("cache-5d9c7b8f6-x2x7p")

    def logs(*_: Any, **__: Any) -> str:
        return "a line\n"

    def follow_logs(*_: Any) -> Any:
        yield "a line"

    client = SimpleNamespace(logs=logs, follow_logs=follow_logs, exec=lambda *_, **__: nullcontext(None))
    monkeypatch.setattr("mecctl.cluster.health.connect", lambda *_: nullcontext(client))
    monkeypatch.setattr("mecctl.cluster.apps.look", lambda *_, **__: ())
    monkeypatch.setattr("mecctl.cluster.apps.pods", lambda *_: [named])
    monkeypatch.setattr("mecctl.cli.terminal.attach", lambda *_, **__: 0)

    assert run(shlex.split(line)[1:]) == 0


def test_the_refusal_is_told_as_it_shows():
    cache = {"name": "cache", "slice": "video", "image": "x:1", "resources": {"cpu": "1"}, "pool": "edge"}
    big = cache | {"name": "big", "replicas": 2, "resources": {"cpu": "3", "memory": "1Gi"}, "architecture": "amd64"}
    del big["pool"]
    whole = site(nodes=NODES, slices=[VIDEO], workloads=[cache, big])
    rooms = {name: Room(arch, Decimal(2), Decimal(2**33)) for name, arch in (("edge-2", "amd64"), ("edge-3", "arm64"))}

    (found,) = misfits(whole, rooms)

    assert f"site.yaml: spec.workloads[{found.index}]: {found.said}; {PLACED}" == SAID


def test_its_figures_are_the_codes():
    work = Workload.model_validate(SCALED | {"probes": {"readiness": {"http": {}}}})
    probe = work.probes.readiness
    spec = render("workloads", site(slices=[VIDEO], workloads=[SCALED])).find("Deployment")["spec"]["template"]["spec"]

    assert probe
    assert f"`period` ({probe.period}s), with `timeout` ({probe.timeout}s) and `failures` ({probe.failures})" in GUIDE
    assert f"runs as user {RUN_AS}," in GUIDE
    assert f"`/tmp` of its own of {spec['volumes'][0]['emptyDir']['sizeLimit']}" in GUIDE
    assert set(re.findall(r"^\| `(\w+)`", GUIDE, re.MULTILINE)) <= set(Workload.model_fields)
