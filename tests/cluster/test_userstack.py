"""What a stack runs with, when it isn't said."""

from pathlib import Path

import pytest

from mecctl.cluster.userstack import UserStack
from mecctl.engine.names import EngineName
from mecctl.errors import InputError, MecctlError, UnreachableError
from mecctl.sitefile import SiteFolder
from tests.stacks.rendering import full_site


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    return SiteFolder(tmp_path / "site", full_site())


def test_the_stack_is_the_only_one_with_a_file_or_dev(project):
    assert UserStack(project).stack == "dev"
    (project / "Pulumi.prod.yaml").touch()
    assert UserStack(project).stack == "prod"
    assert UserStack(project, "eu").stack == "eu"
    (project / "Pulumi.eu.yaml").touch()
    with pytest.raises(InputError, match="several stacks: eu, prod; choose one with --stack"):
        _ = UserStack(project).stack


def test_state_is_beside_the_project_or_the_site(project, site):
    assert UserStack(project, environment={}).state == project / ".mecctl" / "state"
    assert UserStack(project, site=site, environment={}).state == site.state / "state"


def test_a_backend_that_is_named_comes_first(project, site, tmp_path, monkeypatch):
    with (project / "Pulumi.yaml").open("a") as file:
        file.write("backend: {url: 'file://../all'}\n")
    assert UserStack(project, site=site, environment={}).state == tmp_path / "all"
    monkeypatch.chdir(tmp_path)
    named = {"PULUMI_BACKEND_URL": "file://here"}
    assert UserStack(project, environment=named).state == tmp_path / "here"


def test_state_for_many_machines_needs_a_passphrase_for_all_of_them(project):
    elsewhere = {"PULUMI_BACKEND_URL": "s3://bucket/x"}
    assert UserStack(project, environment=elsewhere).state == "s3://bucket/x"
    with pytest.raises(InputError, match="PULUMI_CONFIG_PASSPHRASE: is not set"):
        _ = UserStack(project, environment=elsewhere).passphrase
    assert UserStack(project, environment={**elsewhere, "PULUMI_CONFIG_PASSPHRASE": "x"}).passphrase == "x"


def test_the_cluster_is_the_sites_or_kubectls(project, site, tmp_path):
    own = tmp_path / "config"
    own.touch()
    assert UserStack(project, environment={"KUBECONFIG": str(own)}).kubeconfig == own
    assert UserStack(project, kubeconfig_file=own, environment={"KUBECONFIG": "/x"}).kubeconfig == own
    with pytest.raises(InputError, match="no such kubeconfig"):
        _ = UserStack(project, environment={"KUBECONFIG": "/nowhere"}).kubeconfig
    with pytest.raises(UnreachableError, match="lab has no cluster yet"):
        _ = UserStack(project, site=site).kubeconfig
    site.state.mkdir(parents=True)
    (site.state / "kubeconfig").touch()
    assert UserStack(project, site=site).kubeconfig == site.state / "kubeconfig"


def test_the_passphrase_is_the_environments_the_sites_or_its_own(project, site):
    assert UserStack(project, environment={"PULUMI_CONFIG_PASSPHRASE": "x"}).passphrase == "x"
    assert not (project / ".mecctl").exists()
    assert UserStack(project, site=site, environment={}).passphrase in (site.state / "passphrase").read_text()
    assert UserStack(project, environment={}).passphrase in (project / ".mecctl/passphrase").read_text()


def test_the_configuration_is_the_files_and_what_is_given(project):
    (project / "Pulumi.dev.yaml").write_text("config: {shop:a: 1, shop:b: 2}\n")
    program = UserStack(project, given={"b": "3"}, wanted=EngineName.embedded).program
    assert program.config == {"shop:a": "1", "shop:b": "3"}
    assert program.directory == project


def test_the_engine_is_the_one_wanted_else_the_sites(project, site, tmp_path):
    bare = {"PATH": str(tmp_path)}
    assert UserStack(project, site=site, environment=bare).engine_name is EngineName.embedded
    spec = site.site.spec.model_copy(update={"engine": "pulumi"})
    asking = SiteFolder(site.path, site.site.model_copy(update={"spec": spec}))
    with pytest.raises(MecctlError, match="needs Pulumi's CLI"):
        _ = UserStack(project, site=asking, environment=bare).engine_name
    chosen = UserStack(project, site=asking, wanted=EngineName.embedded, environment=bare)
    assert chosen.engine_name is EngineName.embedded
