"""`mecctl slice probe`: exit codes and what is written where."""

import json
from contextlib import nullcontext

import pytest

from mecctl.cli.app import run
from mecctl.plan.check import Check
from mecctl.plan.series import Series
from mecctl.probe.slices import Probed

CHECK = Check("rate", "embb", "downlink alone, maximum", "100", "99", "Mbps", ok=True)
BROKEN = Check("isolation", "urllc", "embb/probe udp", "closed", "seen by the receiver", "", ok=False)
SERIES = Series("embb", "downlink", "alone", (99e6,), None, 10**8)


@pytest.fixture
def measured(monkeypatch):
    """Give the command what it would measure, and keep which parts it asked for."""
    asked = []

    def give(*checks: Check) -> list[list[str]]:
        def probe(*given):
            asked.append(given[-1])
            return Probed(checks, (SERIES,))

        monkeypatch.setattr("mecctl.cluster.health.connect", lambda *_: nullcontext())
        monkeypatch.setattr("mecctl.probe.slices.probe", probe)
        return asked

    return give


def test_all_promises_hold(site, measured, capsys):
    asked = measured(CHECK)

    assert run(["slice", "probe", str(site), "-o", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["site"], value["ok"], len(value["checks"])) == ("lab", True, 1)
    assert asked == [["isolation", "rates", "latency", "packets"]]


def test_a_broken_promise_ends_with_1_and_names_the_slice(site, measured, capsys):
    measured(CHECK, BROKEN)

    assert run(["slice", "probe", str(site)]) == 1
    assert capsys.readouterr().out.endswith("✗ lab: 1 of 2 promises are broken, of urllc\n")


def test_only_some_parts(site, measured):
    asked = measured(CHECK)

    run(["slice", "probe", str(site), "--only", "latency", "--only", "rates"])

    assert asked == [["latency", "rates"]]


def test_a_picture(site, measured, tmp_path):
    measured(CHECK)

    run(["slice", "probe", str(site), "--plot", str(tmp_path / "rates.svg")])

    assert "embb, downlink" in (tmp_path / "rates.svg").read_text()


def test_a_picture_without_a_place_is_told_before_anything_runs(site, measured, capsys, tmp_path):
    asked = measured(CHECK)

    assert run(["slice", "probe", str(site), "--plot", str(tmp_path / "none" / "rates.svg")]) == 3
    assert "there is no folder" in capsys.readouterr().err
    assert asked == []


def test_an_unknown_part_is_wrong_input(site):
    assert run(["slice", "probe", str(site), "--only", "beauty"]) == 3


def test_a_site_without_a_cluster_is_unreachable(site, capsys):
    assert run(["slice", "probe", str(site)]) == 4
    assert "mecctl site up lab" in capsys.readouterr().err


def test_a_site_without_slices_has_nothing_to_probe(site, capsys):
    text = (site / "site.yaml").read_text()
    (site / "site.yaml").write_text(text.partition("  slices:")[0])

    assert run(["slice", "probe", str(site)]) == 0
    assert capsys.readouterr().out == "lab: there are no slices, so there is nothing to probe\n"
    assert run(["slice", "probe", str(site), "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"site": "lab", "ok": True, "checks": [], "series": []}
