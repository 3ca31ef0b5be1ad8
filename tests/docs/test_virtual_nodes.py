"""The guide's commands are mecctl's, its example is valid, and its figures are the code's."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from mecctl.cli.app import run
from mecctl.lab.vms import accelerator
from mecctl.lab.vms.daemon import uri
from mecctl.lab.vms.vagrant import BOOT_TIMEOUT
from mecctl.model.site import Lab
from mecctl.sitefile import load

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/virtual-nodes.md").read_text()
LINES = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
COMMANDS = [line for line in LINES if line.startswith("mecctl ")]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_one_of_mecctls(line, capsys):
    words = shlex.split(line)[1:]

    assert run([*words, "--help"]) == 0
    assert f"{words[0]} " in capsys.readouterr().out.partition("\n")[0]


def test_the_example_is_a_lab_and_the_site_it_names_is_valid():
    (block,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    lab = Lab.model_validate(yaml.safe_load(block)["spec"]["lab"])
    site = load("lab-vm", ROOT / "inventories").site

    assert lab == site.spec.lab


def test_figures_and_paths_are_the_codes():
    assert f"{accelerator._LIMIT:g} seconds to show itself" in GUIDE
    assert f"within {BOOT_TIMEOUT} seconds" in GUIDE
    assert uri("<id>") in GUIDE
