import json

from mecctl.cluster.stacks import programs, stack_config
from mecctl.model import Site
from tests.stacks.rendering import CACHE, VIDEO, full_site, site


def test_each_program_gets_the_whole_site_under_its_own_key():
    made = programs(full_site())

    assert [program.project for program in made] == ["platform", "slices", "workloads"]
    assert {program.stack for program in made} == {"lab"}
    for program in made:
        ((key, text),) = program.config.items()
        assert key == f"{program.project}:site"
        assert Site.model_validate_json(text) == full_site()


SECRET = {"slices": [VIDEO], "workloads": [CACHE | {"env": {"MODE": "edge", "PIN": {"fromSecret": "pin"}}}]}


def workloads(pin, key):
    return programs(site(**SECRET), {"cache/PIN": pin}, key)[-1]


def test_secrets_are_a_secret_of_the_workloads_program_alone():
    platform, slices, made = programs(site(**SECRET), {"cache/PIN": "hunter2"}, "key")

    assert made.secrets == {"workloads:secrets"}
    assert json.loads(made.config["workloads:secrets"]) == {"cache/PIN": "hunter2"}
    plain = [text for key, text in made.config.items() if key not in made.secrets]
    assert "hunter2" not in str([platform, slices, plain])
    assert "hunter2" not in str(stack_config(site(**SECRET)))


def test_a_version_changes_with_the_value_and_tells_nothing_without_the_key():
    versions = [workloads(*it).config["workloads:versions"] for it in (("1", "a"), ("1", "a"), ("2", "a"), ("1", "b"))]

    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
