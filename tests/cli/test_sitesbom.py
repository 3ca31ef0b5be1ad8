"""`site sbom`: where it writes, and what it does where nodes don't answer."""

import json

import pytest

from mecctl.artifacts.sbom.software import Package, Software
from mecctl.cli.app import run
from mecctl.errors import UnreachableError
from mecctl.nodes import software


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_offline_it_asks_no_node_and_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(software, "look", lambda _: pytest.fail("a node was asked"))

    assert run(["site", "sbom", "lab", "--offline", "--output", str(tmp_path / "sbom.json")]) == 0
    made = json.loads((tmp_path / "sbom.json").read_text())
    assert [(made["bomFormat"], made["specVersion"])] == [("CycloneDX", "1.6")]
    assert [one["value"] for one in made["metadata"]["properties"]] == ["edge-1", "edge-2"]
    assert capsys.readouterr().out == ""
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == ["sbom.json"]


def test_a_node_that_does_not_answer_is_told_beside_the_others(monkeypatch, capsys):
    seen = {"edge-1": Software("amd64", "debian-12", (Package("curl", "7.88", "amd64"),))}
    monkeypatch.setattr(software, "look", lambda _: (seen, [UnreachableError("no answer", where="edge-2")]))

    assert run(["site", "sbom", "lab"]) == 4
    said = capsys.readouterr()
    assert "edge-2: no answer" in said.err
    made = json.loads(said.out)
    assert [one["value"] for one in made["metadata"]["properties"]] == ["edge-2"]
    assert "deb/curl@7.88?arch=amd64" in {one["bom-ref"] for one in made["components"]}


def test_a_file_that_cannot_be_written_is_wrong_input(tmp_path, capsys):
    assert run(["site", "sbom", "lab", "--offline", "--output", str(tmp_path / "no" / "sbom.json")]) == 3
    assert "--output: can't be written" in capsys.readouterr().err


def test_a_time_that_is_none_is_wrong_input(monkeypatch, capsys):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")

    assert run(["site", "sbom", "lab", "--offline"]) == 3
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err
