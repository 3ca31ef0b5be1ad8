"""The guide's site files are valid, its commands are there, and its figures are the code's."""

import re
import shlex
from typing import Any

import pytest
import yaml
from typer.main import get_command

from mecctl.cli.app import app
from mecctl.model.machine import DEFAULT_MEMORY, OVERHEAD
from mecctl.sitefile import load
from stacks.components.machine import GRACE
from tests.docs.test_slices import ROOT

GUIDE = (ROOT / "docs/guide/vms.md").read_text()
SPECS = [yaml.safe_load(text)["spec"] for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
BASE: dict[str, Any] = {
    "access": {"privateKey": "key"},
    "nodes": [
        {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]},
        {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"]},
    ],
    "kubernetes": {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}},
    "slices": [{"name": "video", "snssai": {"sst": 1}}, {"name": "embb", "snssai": {"sst": 2}}],
}


@pytest.mark.parametrize("shown", SPECS, ids=["machine", "image", "guest"])
def test_its_site_files_are_valid(shown, tmp_path):
    spec = {**BASE, "platform": {"machines": {"image": "registry.example/qemu:1"}}, **shown}
    document = {"apiVersion": "mecctl/v1", "kind": "Site", "metadata": {"name": "lab"}, "spec": spec}
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(document))

    load(tmp_path)


@pytest.mark.parametrize("line", COMMANDS.splitlines())
def test_its_commands_are_there(line):
    program, noun, verb, *_ = shlex.split(line)

    assert program == "mecctl"
    assert verb in get_command(app).commands[noun].commands  # type: ignore[attr-defined]


def test_its_figures_are_the_codes():
    assert f"1 and {DEFAULT_MEMORY} if left out" in GUIDE
    assert f"{OVERHEAD // 2**20}Mi more" in GUIDE
    assert f"gets {GRACE} seconds to go down" in GUIDE
