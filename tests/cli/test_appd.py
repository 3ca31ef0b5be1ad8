"""`mecctl app import` and `export`: YAML or JSON on stdout, what became of the rest on stderr."""

import json
from pathlib import Path

from mecctl.cli.app import run
from mecctl.document import parse
from mecctl.model import Workload

DATA = Path(__file__).parents[1] / "data" / "appd"
LAB = Path(__file__).parents[2] / "inventories" / "lab"
V2 = str(DATA / "v2.json")


def test_import_prints_a_workload_and_policies_for_the_site_file(capsys):
    assert run(["app", "import", str(DATA / "tosca.yaml"), "--slice", "embb", "--name", "video"]) == 0
    said = capsys.readouterr()
    document, _ = parse(said.out, "out")
    assert isinstance(document.data, dict)
    found = Workload.model_validate(document.data["workloads"][0])
    assert (found.name, found.slice, found.image) == ("video", "embb", "registry.example/video:2.1")
    (policy,) = document.data["policies"]
    assert policy == {
        "from": {"slice": "urllc"},
        "to": {"slice": "embb", "workload": "video", "ports": [8080, 8081]},
    }
    heads = [line.split(" is a")[0] for line in said.err.splitlines() if not line.startswith(" ")]
    assert heads == [str(DATA / "tosca.yaml"), "mapped:", "carried as annotation:", "can't be honoured:"]


def test_strict_refuses_and_prints_nothing(capsys):
    assert run(["app", "import", V2, "--slice", "embb", "--strict"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "appTrafficRule[0].trafficFilter[0].dstAddress" in said.err


def test_an_image_can_be_given(capsys, tmp_path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({**json.loads(Path(V2).read_text()), "swImageDescriptor": "ref"}))
    assert run(["app", "import", str(file), "--slice", "embb"]) == 3
    assert "--image" in capsys.readouterr().err
    assert run(["app", "import", str(file), "--slice", "embb", "--image", "a/b:1", "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["workload"]["image"] == "a/b:1"
    assert {"field": "image", "attribute": "--image"} in found["mapped"]


def test_what_import_prints_can_be_pasted_and_exported_again(capsys, tmp_path):
    run(["app", "import", V2, "--slice", "embb"])
    item = capsys.readouterr().out.split("\n", 1)[1]
    text = (LAB / "site.yaml").read_text()
    assert "  workloads:\n" in text
    whole = text.replace("  workloads:\n", "  workloads:\n" + "".join(f"    {line}\n" for line in item.splitlines()))
    other = '    - {name: map, slice: embb, image: "mecctl.io/web:1", provides: [{name: LS, version: "1"}]}\n'
    whole = whole.replace("  workloads:\n", f"  workloads:\n{other}")
    named = whole.replace("  slices:\n", "  latency: 1ns\n  platform: {discovery: {domain: mec.lab}}\n  slices:\n", 1)
    (tmp_path / "site.yaml").write_text(named)
    (tmp_path / "slices").symlink_to(LAB / "slices")
    assert run(["app", "export", str(tmp_path), "video-analytics"]) == 0
    written = json.loads(capsys.readouterr().out)
    original = json.loads(Path(V2).read_text())
    assert {key: written[key] for key in original} == original
