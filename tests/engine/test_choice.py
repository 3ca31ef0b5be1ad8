"""Which engine runs a program."""

import pytest

from mecctl.engine.choice import choose
from mecctl.engine.names import EngineName
from mecctl.errors import MecctlError


@pytest.fixture
def environment(tmp_path):
    """An environment in which Pulumi's CLI is installed, and its Kubernetes plugin is not."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.touch(0o755)
    return {"PATH": str(program.parent), "PULUMI_HOME": str(tmp_path / "home")}


def test_the_cli_with_its_plugin_comes_first(environment, tmp_path):
    (tmp_path / "home/plugins/resource-kubernetes-v4.34.2").mkdir(parents=True)
    assert choose(EngineName.auto, environment) is EngineName.pulumi
    assert choose(EngineName.embedded, environment) is EngineName.embedded


def test_the_cli_without_its_plugin_is_used_when_it_is_named(environment, tmp_path):
    (tmp_path / "home/plugins/resource-kubernetes-v4.34.2.lock").mkdir(parents=True)
    assert choose(EngineName.auto, environment) is EngineName.embedded
    assert choose(EngineName.pulumi, environment) is EngineName.pulumi


def test_without_the_cli(tmp_path):
    assert choose(EngineName.auto, {"PATH": str(tmp_path)}) is EngineName.embedded
    with pytest.raises(MecctlError, match="isn't on PATH"):
        choose(EngineName.pulumi, {"PATH": str(tmp_path)})
