from mecctl.cluster.stacks import programs
from mecctl.model import Site
from tests.stacks.rendering import full_site


def test_each_program_gets_the_whole_site_under_its_own_key():
    made = programs(full_site())

    assert [program.project for program in made] == ["platform", "slices", "workloads"]
    assert {program.stack for program in made} == {"lab"}
    for program in made:
        ((key, text),) = program.config.items()
        assert key == f"{program.project}:site"
        assert Site.model_validate_json(text) == full_site()
