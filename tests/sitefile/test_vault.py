"""secrets.yaml as ansible-vault writes it, and what is told where it can't be read."""

import stat
import sys

import pytest

from mecctl.errors import InputError
from mecctl.process import run
from mecctl.sitefile import vault

ANSIBLE_VAULT = sys.executable.rpartition("/")[0] + "/ansible-vault"
TEXT = 'db-password: "hunter2 äß"\napi: |\n  two\n  lines\n'


@pytest.fixture
def password(tmp_path):
    (tmp_path / "password").write_text("open sesame\n")
    return {"MECCTL_VAULT_PASSWORD_FILE": str(tmp_path / "password")}


@pytest.fixture
def encrypt(tmp_path, password):
    def encrypt(text, *options):
        (tmp_path / "secrets.yaml").write_text(text)
        command = [ANSIBLE_VAULT, "encrypt", "--vault-password-file", password["MECCTL_VAULT_PASSWORD_FILE"]]
        run([*command, *options, tmp_path / "secrets.yaml"])
        return tmp_path

    return encrypt


def told(folder, environment):
    with pytest.raises(InputError) as wrong:
        vault.read(folder, environment)
    assert wrong.value.exit_code == 3
    return str(wrong.value)


def test_what_ansible_vault_encrypts_is_read(encrypt, password):
    folder = encrypt(TEXT)

    assert list(vault.problems(folder)) == []
    assert vault.read(folder, password) == {"db-password": "hunter2 äß", "api": "two\nlines\n"}
    assert vault.read(folder, {"ANSIBLE_VAULT_PASSWORD_FILE": password["MECCTL_VAULT_PASSWORD_FILE"]})


def test_a_label_does_not_matter(encrypt, password):
    folder = encrypt(TEXT, "--encrypt-vault-id", "default")

    assert vault.read(folder, password)["db-password"] == "hunter2 äß"


def test_a_password_file_that_is_a_program_is_run(encrypt, tmp_path):
    folder, program = encrypt(TEXT), tmp_path / "tell"
    program.write_text("#!/bin/sh\necho open sesame\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    assert vault.read(folder, {"MECCTL_VAULT_PASSWORD_FILE": str(program)})["db-password"] == "hunter2 äß"


def test_a_wrong_password_is_told(encrypt, tmp_path):
    folder = encrypt(TEXT)
    (tmp_path / "other").write_text("let me in")

    said = told(folder, {"MECCTL_VAULT_PASSWORD_FILE": str(tmp_path / "other")})
    assert f"{folder}/secrets.yaml: the vault password doesn't open it" in said
    assert "let me in" not in said


def test_a_damaged_file_is_told(encrypt, password):
    folder = encrypt(TEXT)
    path = folder / "secrets.yaml"
    path.write_text(path.read_text().replace("3", "4", 1))

    assert "the vault password doesn't open it" in told(folder, password)


def test_without_a_password_or_a_terminal_it_is_told_how(encrypt, monkeypatch):
    folder = encrypt(TEXT)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    assert "set MECCTL_VAULT_PASSWORD_FILE" in told(folder, {})


def test_at_a_terminal_it_is_asked_for(encrypt, monkeypatch):
    folder = encrypt(TEXT)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda question: "open sesame" if "secrets.yaml" in question else "")

    assert vault.read(folder, {})["db-password"] == "hunter2 äß"


def test_a_password_file_that_is_missing_is_told(encrypt):
    folder = encrypt(TEXT)

    assert "MECCTL_VAULT_PASSWORD_FILE: /nowhere can't be read" in told(
        folder, {"MECCTL_VAULT_PASSWORD_FILE": "/nowhere"}
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n- b\n", "holds no names and values"),
        ("pin: 1234\n", 'secrets.yaml:1: pin: isn\'t text; `name: text`, one a line; quote a number: pin: "…"'),
        ("a: b\na: c\n", "comes twice"),
    ],
)
def test_other_content_is_told_without_it(encrypt, password, text, said):
    assert said in (told_text := told(encrypt(text), password))
    assert "1234" not in told_text


def test_a_file_in_the_clear_is_a_problem(tmp_path):
    assert list(vault.problems(tmp_path)) == []
    (tmp_path / "secrets.yaml").write_text(TEXT)

    (problem,) = vault.problems(tmp_path)
    assert "isn't encrypted" in str(problem)
    assert f"ansible-vault encrypt {tmp_path}/secrets.yaml" in str(problem)
