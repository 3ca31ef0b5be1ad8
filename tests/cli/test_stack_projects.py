"""The projects under stacks/ as anybody's: by a stack's file, without the site's commands."""

import json

import pytest
import yaml

from mecctl.cli.app import run
from mecctl.cluster.stacks import ORDER
from mecctl.engine.project.project import read
from mecctl.engine.project.settings import configure
from mecctl.model import Site
from mecctl.resources import resource
from mecctl.sitefile import load


@pytest.fixture
def stack_file(tmp_path, capsys):
    """Write what `site stack-config` prints for the lab."""
    assert run(["site", "stack-config", "lab"]) == 0
    file = tmp_path / "Pulumi.lab.yaml"
    file.write_text(capsys.readouterr().out)
    return file


@pytest.mark.parametrize("program", ORDER)
def test_one_file_fits_every_project(stack_file, program):
    assert list(yaml.safe_load(stack_file.read_text())) == ["config"]
    project = read(resource("stacks") / program)
    found = configure(project, "lab", lambda: pytest.fail("asked"), file=stack_file, given={})
    assert Site.model_validate_json(found.values[f"{program}:site"]) == load("lab").site


@pytest.mark.e2e
def test_a_project_is_previewed_by_hand(stack_file, api_server, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/state")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase for tests")
    words = ["--stack=lab", f"--config-file={stack_file}", f"--kubeconfig={api_server.kubeconfig}", "-o", "json"]
    assert run(["stack", "preview", str(resource("stacks") / "slices"), *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["project"], told["stack"], told["ok"]) == ("slices", "lab", True)
    namespaces = {one["object"] for one in told["changes"] if one["type"] == "kubernetes:core/v1:Namespace"}
    assert namespaces == {"mecctl-node", *(part.namespace for part in load("lab").site.slices)}
    assert {one["action"] for one in told["changes"]} == {"create"}
