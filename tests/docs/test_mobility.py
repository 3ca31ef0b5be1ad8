"""The guide's site file is valid, its commands are there, its sites exist, and its figures are the code's."""

import re
import shlex
from pathlib import Path

import yaml
from typer.main import get_command

from mecctl.cli.app import app
from mecctl.cluster.moving.move import HOLD
from mecctl.sitefile import load
from tests.docs.test_slices import ROOT
from tests.docs.test_vms import BASE

GUIDE = (ROOT / "docs/guide/mobility.md").read_text()
(SHOWN,) = [yaml.safe_load(text)["spec"] for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
COMMANDS = "".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)).splitlines()


def test_its_site_file_is_valid(tmp_path: Path) -> None:
    platform = {"gate": "registry.example/gate:1", "discovery": {"domain": "a.lab", "addresses": ["edge-2"]}}
    spec = {**BASE, **SHOWN, "platform": platform}
    document = {"apiVersion": "mecctl/v1", "kind": "Site", "metadata": {"name": "lab-a"}, "spec": spec}
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(document))

    assert load(tmp_path).site.workloads[0].gated


def test_its_commands_are_there_and_its_sites_too() -> None:
    for line in COMMANDS:
        program, noun, verb, *words = shlex.split(line)
        assert program == "mecctl"
        assert verb in get_command(app).commands[noun].commands  # type: ignore[attr-defined]
        for site in (word for word in words if word.startswith("lab-")):
            assert (ROOT / "inventories" / site / "site.yaml").is_file()


def test_its_figures_are_the_codes() -> None:
    assert f"takes over {HOLD} seconds, the workload stays" in GUIDE
    assert f"ends by itself after {HOLD} seconds" in GUIDE
