"""A stack's configuration as a program gets it."""

import json

import pytest

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.project.project import read
from mecctl.engine.project.settings import Config, configure, stacks
from mecctl.errors import InputError, MecctlError

PASSPHRASE = "a passphrase for tests"
PROJECT = "name: shop\nruntime: python\n"


@pytest.fixture(scope="module")
def crypter():
    return Crypter.fresh(PASSPHRASE)


@pytest.fixture
def configured(tmp_path):
    """Write a project and a stack's file, and read the stack's configuration."""

    def run(stack: str = "", project: str = PROJECT, passphrase: str = PASSPHRASE, **given: str) -> Config:
        (tmp_path / "Pulumi.yaml").write_text(project)
        (tmp_path / "Pulumi.dev.yaml").write_text(stack or "config: {}\n")
        return configure(read(tmp_path), "dev", lambda: passphrase, given=given)

    return run


def test_values_are_text_and_the_rest_is_json(configured):
    found = configured("""
config:
  shop:word: hello
  shop:count: 3
  shop:ratio: 1.50
  shop:whole: 2.0
  shop:on: true
  shop:country: NO
  shop:list: [1, a, {x: ü}]
  short: of the project
  kubernetes:context: edge
""")
    assert found == Config(
        {
            "shop:word": "hello",
            "shop:count": "3",
            "shop:ratio": "1.5",
            "shop:whole": "2",
            "shop:on": "true",
            "shop:country": "NO",
            "shop:list": '[1,"a",{"x":"ü"}]',
            "shop:short": "of the project",
            "kubernetes:context": "edge",
        }
    )


def test_secrets_are_opened_alone_and_inside_of_objects(configured, crypter):
    login = {"user": "me", "password": {"secure": crypter.encrypt("hunter22")}}
    values = {"shop:token": {"secure": crypter.encrypt("t0ken")}, "shop:login": login, "shop:open": "x"}
    found = configured(json.dumps({"encryptionsalt": crypter.state(), "config": values}))
    assert found.values["shop:token"] == "t0ken"
    assert json.loads(found.values["shop:login"]) == {"user": "me", "password": "hunter22"}
    assert found.secrets == {"shop:token", "shop:login"}


def test_a_wrong_passphrase_is_told_with_the_file(configured, crypter):
    secure = {"encryptionsalt": crypter.state(), "config": {"shop:a": {"secure": crypter.encrypt("hunter22")}}}
    with pytest.raises(MecctlError, match="does not open the secrets in the stack's configuration") as told:
        configured(json.dumps(secure), passphrase="another one")
    assert "Pulumi.dev.yaml" in (told.value.where or "")
    assert "hunter22" not in str(told.value)


def test_secrets_without_a_salt_are_told(configured):
    with pytest.raises(InputError, match="encryptionsalt: is missing"):
        configured("config: {shop:a: {secure: v1:x:y}}\n")


def test_no_passphrase_is_asked_for_where_nothing_is_secret(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    assert configure(read(tmp_path), "dev", lambda: pytest.fail("asked"), given={"a": "1"}).values == {"shop:a": "1"}


DECLARED = (
    PROJECT
    + """
config:
  count: {type: integer, default: 2}
  names: {type: array, items: {type: string}, default: [a]}
  flag: {type: boolean, default: false}
  plain: just a value
  kubernetes:namespace: {value: edge}
"""
)


def test_defaults_of_the_project_come_last_and_the_command_line_first(configured):
    found = configured("config: {shop:flag: true}\n", DECLARED, plain="other")
    assert found.values == {
        "shop:count": "2",
        "shop:names": '["a"]',
        "shop:flag": "true",
        "shop:plain": "other",
        "kubernetes:namespace": "edge",
    }


@pytest.mark.parametrize(
    ("stack", "project", "said"),
    [
        ("config: {shop:count: many}", DECLARED, "count: is not of the type integer"),
        ("config: {shop:names: a}", DECLARED, "names: is not of the type array"),
        ("config: {shop:names: [1]}", DECLARED, "names: is not of the type array"),
        ("config: {shop:flag: 1}", DECLARED, "flag: is not of the type boolean"),
        ("", PROJECT + "config: {a: {type: string}, b: {type: string}}", "a: the stack dev has no value"),
        ("config: {shop:a: x}", PROJECT + "config: {a: {type: string, secret: true}}", "a: must be encrypted"),
        ("config: {shop:a: {}}", PROJECT + "config: {a: {type: string}}", "a: is not of the type string"),
        ("", PROJECT + "config: {a: {type: float}}", "config.a.type: is 'float'"),
        ("", PROJECT + "config: {a: {type: array}}", "config.a: is an array and doesn't say of what"),
        ("", PROJECT + "config: {aws:region: {type: string}}", "config.aws:region: belongs to another namespace"),
        ("environment: [prod]", PROJECT, "environment: isn't known: Pulumi ESC"),
        ("secretsprovider: awskms://x", PROJECT, "use `engine: pulumi`"),
        ("config: 3", PROJECT, "config: is no mapping"),
        ("config: {a: 1, a: 2}", PROJECT, "comes twice"),
        ("- x", PROJECT, "is no mapping"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_key(configured, stack, project, said):
    with pytest.raises(InputError) as told:
        configured(stack, project)
    assert said in str(told.value)
    assert "Pulumi." in str(told.value)


def test_all_that_is_missing_is_told_at_once(configured):
    with pytest.raises(InputError) as told:
        configured("", PROJECT + "config: {a: {type: string}, b: {type: integer}}")
    assert [problem.field for problem in told.value.problems] == ["a", "b"]


def test_stacks_are_those_with_a_file_where_the_project_keeps_them(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(PROJECT + "stackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    for name in ("Pulumi.prod.yaml", "Pulumi.dev.eu.yaml", "Pulumi.yaml", "other.yaml"):
        (tmp_path / "stacks" / name).touch()
    assert stacks(read(tmp_path)) == ["dev.eu", "prod"]
