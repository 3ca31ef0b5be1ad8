import gc
import json
import sys

import pytest

from mecctl import __version__
from mecctl.cli.app import main, run


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize("command", [[], ["site"], ["lab"], ["artifacts"]])
def test_help_lists_what_there_is(command, capsys):
    assert run([*command, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["site", "plan", "--nope"], ["site", "plan"], ["nope"], ["site", "up", "-o", "xml", "lab"]]
)
def test_a_wrong_flag_is_wrong_input_and_never_means_changes_pending(arguments, capsys):
    assert run(arguments) == 3
    assert "Usage" in capsys.readouterr().err


def test_a_site_that_is_not_there_is_told_on_stderr(capsys):
    assert run(["site", "validate", "no-such-site"]) == 3

    said = capsys.readouterr()
    assert "no-such-site" in said.err
    assert said.out == ""


def test_json_carries_the_error_too(capsys):
    assert run(["site", "validate", "no-such-site", "-o", "json"]) == 3

    value = json.loads(capsys.readouterr().out)
    assert value["ok"] is False
    assert "no-such-site" in value["errors"][0]["what"]


def test_no_traceback_unless_asked_for(capsys):
    run(["site", "validate", "no-such-site"])
    assert "Traceback" not in capsys.readouterr().err

    run(["site", "validate", "no-such-site", "--verbose"])
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_told_and_has_a_code_of_its_own(capsys, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mecctl.sitefile.load", interrupted)
    assert run(["site", "validate", "lab"]) == 130
    assert "run the same command again to go on" in capsys.readouterr().err


def test_the_program_ends_with_the_code_and_frees_nothing_on_its_way(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["mecctl", "site", "validate", "no-such-site"])
    try:
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 3
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
