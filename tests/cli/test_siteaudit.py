"""`mecctl site audit`: exit codes, forms, and the last result that is kept."""

import json

import pytest

from mecctl import auditing
from mecctl.cli.app import run
from tests.audit.breaking import BREAKING
from tests.audit.recorded import hardened, seen


@pytest.fixture
def shows(monkeypatch):
    """Say what the site shows when it is looked at."""

    def show(*broken, **unreachable):
        evidence = hardened()
        for control in broken:
            BREAKING[control](evidence)
        evidence["machines"] |= {name.replace("_", "-"): why for name, why in unreachable.items()}
        monkeypatch.setattr(auditing, "gather", lambda _: seen(evidence))

    return show


def test_a_hardened_site(site, shows, capsys):
    shows()

    assert run(["site", "audit", str(site), "-o", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["site"], value["ok"], value["changes"]) == ("lab", True, None)
    assert len(value["controls"]) > 200


def test_a_failure_ends_with_1_and_is_named(site, shows, capsys):
    shows("cis/1.2.15")

    assert run(["site", "audit", str(site)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("✗ 1.2.15  ")
    assert out.endswith("✗ lab: 1 of 219 controls fail\n")


def test_an_unreachable_machine_ends_with_4(site, shows):
    shows(edge_2="the node can't be reached by SSH")

    assert run(["site", "audit", str(site)]) == 4


def test_a_page(site, shows, capsys):
    shows()

    assert run(["site", "audit", str(site), "-o", "html"]) == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")


def test_the_next_one_tells_what_changed(site, shows, capsys):
    for broken in ((), ("node/NODE-SSH-01",), ()):
        shows(*broken)
        run(["site", "audit", str(site), "-o", "json"])
    told = capsys.readouterr().out

    changes = [json.loads(one)["changes"] for one in told.replace("}\n{", "}\0{").split("\0")]
    assert changes[0] is None
    assert (changes[1]["failing"], changes[1]["mended"]) == (["node/NODE-SSH-01"], [])
    assert (changes[2]["failing"], changes[2]["mended"]) == ([], ["node/NODE-SSH-01"])
    assert (site / ".mecctl/audit.json").stat().st_mode & 0o777 == 0o600


def test_a_last_result_that_is_no_json_is_told_with_its_place(site, shows, capsys):
    shows()
    (site / ".mecctl").mkdir(exist_ok=True)
    (site / ".mecctl/audit.json").write_text("{")

    assert run(["site", "audit", str(site)]) == 1
    assert f"rm {site}/.mecctl/audit.json" in capsys.readouterr().err
