import ast
import shutil
import sys

import pytest
import yaml

from mecctl.process import run
from mecctl.resources import resource
from tests.stacks.rendering import full_site


@pytest.mark.parametrize("program", ["platform", "slices", "workloads"])
def test_a_project_is_one_that_pulumi_runs_by_hand(program):
    folder = resource("stacks") / program
    settings = yaml.safe_load((folder / "Pulumi.yaml").read_text())

    assert settings["name"] == program
    assert settings["runtime"] == "python"
    assert list(settings["config"]) == ["site"]
    assert len((folder / "__main__.py").read_text().splitlines()) <= 40


@pytest.mark.parametrize("program", ["platform", "slices", "workloads"])
def test_a_project_learns_of_its_site_by_its_configuration_only(program):
    tree = ast.parse((resource("stacks") / program / "__main__.py").read_text())
    imported = {
        name.name if isinstance(node, ast.Import) else f"{node.module}.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    own = {name for name in imported if name.startswith("stacks.components.")}
    model = {name for name in imported if name.startswith("mecctl.model.")}
    assert imported - own - model == {"sys", "pathlib.Path", "pulumi"}
    assert "mecctl.model.Site" in model
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "require"]
    assert [ast.unparse(node) for node in read] == ["pulumi.Config().require"]


def test_a_project_runs_from_wherever_it_is_installed(tmp_path):
    installed = tmp_path / "_resources" / "stacks"
    shutil.copytree(resource("stacks"), installed, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "site.json").write_text(full_site().model_dump_json(by_alias=True))
    by_hand = tmp_path / "by_hand.py"
    by_hand.write_text(BY_HAND)

    ended = run(
        [sys.executable, by_hand, installed / "workloads" / "__main__.py", tmp_path / "site.json"], cwd=tmp_path
    )

    assert ended.stdout.split() == [str(installed / "__init__.py")]


BY_HAND = """
import pathlib, runpy, sys
import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.config import set_all_config

class Echo(mocks.Mocks):
    def new_resource(self, args):
        return args.name, args.inputs

    def call(self, args):
        return {}, []

mocks.set_mocks(Echo(), project="workloads", stack="test")
set_all_config({"workloads:site": pathlib.Path(sys.argv[2]).read_text()})
pulumi.runtime.test(lambda: runpy.run_path(sys.argv[1], run_name="__main__") and None)()
print(sys.modules["stacks"].__file__)
"""
