import io
import sys

import pytest

from mecctl.cli.app import run
from mecctl.cli.asking import confirm
from mecctl.cli.exits import ExitWith
from mecctl.errors import InputError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("lab\n"))
    with pytest.raises(InputError, match="--yes: all is lost, and there is no terminal to ask at"):
        confirm("all is lost", "lab")


def test_the_word_goes_on_and_any_other_ends_it(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", Terminal("lab\n"))
    confirm("all is lost", "lab")
    monkeypatch.setattr(sys, "stdin", Terminal("lba\n"))
    with pytest.raises(ExitWith) as ended:
        confirm("all is lost", "lab")
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "all is lost. Type lab to go on" in said.err
    assert said.err.endswith("nothing was changed\n")
    assert said.out.strip() == ""


def test_a_site_is_not_taken_down_unasked(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run(["site", "down", "lab"]) == 3
    assert "removes the cluster of lab with all its data" in capsys.readouterr().err
