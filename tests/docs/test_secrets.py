"""The guide's site file is valid, its commands work, and what it says is told is what is told."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mecctl.cli.app import run
from mecctl.cli.siterotate import What
from mecctl.sitefile import load
from mecctl.sitefile.checks_secrets import names_a_secret
from mecctl.sitefile.secrets import opened

GUIDE = (Path(__file__).parents[2] / "docs/guide/secrets.md").read_text()
(SITE,) = re.findall(r"```yaml site.yaml\n(.*?)```", GUIDE, re.DOTALL)
SOURCES = "".join(path.read_text() for path in (Path(__file__).parents[2] / "mecctl/sitefile").glob("*.py"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "cache.key").write_text("KEY\n")
    (tmp_path / "password").write_text("open\n")
    (content,) = re.findall(r"# in it: +(.*)", GUIDE)
    (tmp_path / "secrets.yaml").write_text(f"{content}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STREET_TOKEN", "TOKEN")
    monkeypatch.setenv("MECCTL_VAULT_PASSWORD_FILE", str(tmp_path / "password"))
    return tmp_path


def encrypt(folder):
    tool = Path(sys.executable).with_name("ansible-vault")
    command: list[str | Path] = [tool, "encrypt", "--vault-password-file", "password", "secrets.yaml"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_the_site_of_the_guide_gets_its_secrets(folder):
    encrypt(folder)

    assert run(["site", "validate", str(folder)]) == 0
    assert opened(load(folder)).secrets == {
        "cache/DB_PASSWORD": "correct horse battery staple",
        "cache/API_TOKEN": "TOKEN",
        "cache/TLS_KEY": "KEY",
    }


def test_secrets_in_the_clear_are_refused(folder, capsys):
    assert run(["site", "validate", str(folder)]) == 3
    assert "isn't encrypted, so whoever reads the folder reads the secrets" in capsys.readouterr().err


def test_a_wrong_password_ends_with_3_before_anything_else(folder, capsys):
    encrypt(folder)
    (folder / "password").write_text("other")

    assert run(["site", "plan", str(folder)]) == 3
    assert "the vault password doesn't open it" in capsys.readouterr().err
    assert not (folder / ".mecctl").exists()


def test_what_the_table_quotes_is_said():
    rows = re.findall(r"^\| `(.*?)` \|", GUIDE, re.MULTILINE)

    assert len(rows) == 6
    for row in rows:
        assert row.replace("secrets.yaml has no db-password", "has no {name}") in SOURCES


def test_the_names_that_the_guide_sorts_are_sorted_so():
    line = next(line for line in GUIDE.splitlines() if line.startswith("By its name"))
    secret, plain = (re.findall(r"`(\w+)`", half) for half in line.split(";"))

    assert all(map(names_a_secret, secret))
    assert not any(map(names_a_secret, plain))


def test_the_guide_has_a_command_for_all_that_can_be_changed():
    assert set(re.findall(r"^mecctl site rotate street (\S+)$", GUIDE, re.MULTILINE)) == set(What)
