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
from mecctl.model.node import Node
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


def test_the_examples_are_labs_of_the_sites_that_are_named():
    whole, mixed = (yaml.safe_load(text)["spec"] for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
    here, there = (load(name, ROOT / "inventories").site for name in ("lab-vm", "lab-arm"))

    assert Lab.model_validate(whole["lab"]) == here.spec.lab
    assert there.spec.lab
    assert Lab.model_validate(mixed["lab"]).machines == there.spec.lab.machines
    assert [Node.model_validate(node) for node in mixed["nodes"]] == list(there.nodes)


def test_figures_and_paths_are_the_codes():
    assert f"{accelerator._LIMIT:g} seconds to show itself" in GUIDE
    assert f"within {BOOT_TIMEOUT} seconds" in GUIDE
    assert uri("<id>") in GUIDE
