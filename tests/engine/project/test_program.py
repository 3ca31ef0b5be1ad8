"""Pulumi project folders."""

import pytest

from mecctl.engine.objects.values import texts
from mecctl.engine.project.program import Program
from mecctl.errors import MecctlError


@pytest.mark.parametrize(
    ("text", "main"),
    [
        ("name: shop\nruntime: python\n", "__main__.py"),
        ("name: shop\nruntime: {name: python, options: {}}\nmain: app.py\n", "app.py"),
    ],
)
def test_name_and_main_are_read(tmp_path, text, main):
    (tmp_path / "Pulumi.yaml").write_text(text)
    program = Program(tmp_path, "dev")
    assert program.project == "shop"
    assert program.main == tmp_path / main


@pytest.mark.parametrize("text", ["name: x\nruntime: nodejs\n", "runtime: python\n", "[]", "{", ""])
def test_other_projects_are_refused_with_the_file(tmp_path, text):
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(MecctlError) as told:
        _ = Program(tmp_path, "dev").project
    assert str(tmp_path / "Pulumi.yaml") in str(told.value)


def test_a_folder_without_a_project_is_told(tmp_path):
    with pytest.raises(MecctlError, match="can't be read"):
        _ = Program(tmp_path, "dev").project


def test_what_is_secret_in_an_object_is_hidden_part_by_part(tmp_path):
    config = {"shop:login": '{"user":"me","password":"hunter22"}', "shop:open": "x"}
    program = Program(tmp_path, "dev", config, frozenset({"shop:login"}))
    assert {config["shop:login"], "me", "hunter22"} == set(texts(program.hidden()))
