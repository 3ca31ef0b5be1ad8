"""The guide's command prints what the guide says it prints, and its figures and names are the code's."""

import re
import shlex
import shutil
from collections import Counter
from pathlib import Path

import pytest

from mecctl import auditing
from mecctl.audit.assess import BENCHMARKS, assess
from mecctl.audit.baseline import NODE
from mecctl.audit.baseline.system import LEAST
from mecctl.audit.pods import SYSTEM
from mecctl.cli.app import run
from tests.audit.breaking import listener
from tests.audit.recorded import hardened, none, seen

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/audit.md").read_text()
COMMANDS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
(SAID,) = re.findall(r"```\n```\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A hardened lab on which somebody has started a program."""
    shutil.copytree(ROOT / "inventories/lab", tmp_path / "inventories/lab", ignore=shutil.ignore_patterns(".mecctl"))
    monkeypatch.chdir(tmp_path)
    evidence = hardened()
    listener("0.0.0.0", "7777", "python3")(evidence)  # noqa: S104
    monkeypatch.setattr(auditing, "gather", lambda _: seen(evidence))


@pytest.mark.usefixtures("lab")
def test_the_first_command_of_the_guide(capsys):
    assert run(shlex.split(COMMANDS[0])[1:]) == 1
    assert capsys.readouterr().out == SAID


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("line", [line for block in COMMANDS[1:] for line in block.splitlines() if "audit" in line])
def test_the_other_commands_of_the_guide(line, capsys):
    words = shlex.split(line.partition(">")[0], comments=True)[1:]

    assert run(words) == 1
    assert "NODE-NET-03" in capsys.readouterr().out


def test_what_the_guide_says_of_the_code():
    told = [f"| {one.name} | {len(one.controls)} |" for one in BENCHMARKS]
    families = Counter(control.id.rpartition("-")[0] for control in NODE.controls)
    told += [f"| `{family}` | {count} |" for family, count in families.items()]
    told += [f"`{name}`" for name in SYSTEM]
    told += [f"{LEAST} days"]

    assert [one for one in told if one not in GUIDE] == []


def test_how_many_fail_without_hardening():
    found = assess("lab", seen(none()))

    assert f"{len(found.failures)} of {len(found.answers)}" in GUIDE
