"""`mecctl slice import` and `export`: YAML or JSON on stdout, what became of the rest on stderr."""

import json
from pathlib import Path

import pytest

from mecctl.cli.app import run
from mecctl.document import parse
from mecctl.model import Slice
from mecctl.sitefile import load
from mecctl.standards.forms import Form

ROOT = Path(__file__).parents[2]
KATANA = str(ROOT / "tests/data/nest/katana_nest_embb.json")
TEMPLATE = str(ROOT / "tests/data/nest/openslice_gst_5.0.0.json")
LAB = str(ROOT / "inventories/lab")
URLLC = """\
    - name: urllc
      snssai: {sst: 2, sd: "0000b2"}
      qos: {fiveQI: 82}
      quota: {cpu: "1", memory: 512Mi, pods: 10}
"""


def test_import_prints_a_slice_for_the_site_file(capsys):
    assert run(["slice", "import", KATANA, "--sst", "1", "--sd", "0000a1", "--name", "video"]) == 0
    said = capsys.readouterr()
    document, _ = parse(said.out, "out")
    assert isinstance(document.data, list)
    found = Slice.model_validate(document.data[0])
    assert (found.name, str(found.snssai)) == ("video", "1-0000a1")
    heads = [line for line in said.err.splitlines() if not line.startswith(" ")]
    assert heads == [f"{KATANA} is a Katana NEST", "mapped:", "carried as annotation:", "can't be honoured:"]


@pytest.mark.parametrize("nest", [KATANA, TEMPLATE])
def test_what_import_prints_can_be_pasted_and_exported_again(nest, capsys, tmp_path):
    run(["slice", "import", nest, "--sst", "2", "--sd", "0000b2", "--name", "urllc"])
    item = "".join(f"    {line}\n" for line in capsys.readouterr().out.splitlines())
    text = Path(LAB, "site.yaml").read_text()
    assert URLLC in text
    (tmp_path / "site.yaml").write_text(text.replace(URLLC, item))
    (tmp_path / "slices").mkdir()
    (tmp_path / "slices/embb.json").write_bytes(Path(KATANA).read_bytes())
    assert str(load(tmp_path).site.slice("urllc").snssai) == "2-0000b2"

    assert run(["slice", "export", str(tmp_path), "urllc"]) == 0
    (tmp_path / "again.json").write_text(capsys.readouterr().out)
    run(["slice", "import", nest, "--sst", "2", "--sd", "0000b2", "-o", "json"])
    first = json.loads(capsys.readouterr().out)["slice"]
    run(["slice", "import", str(tmp_path / "again.json"), "-o", "json"])
    again = json.loads(capsys.readouterr().out)["slice"]
    assert {**again, "name": first["name"]} == {
        **first,
        "annotations": {key: text for key, text in first["annotations"].items() if "/nest-" not in key},
    }


def test_a_nest_without_s_nssai_says_which_option_to_give(capsys):
    assert run(["slice", "import", KATANA]) == 3
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        f"{KATANA}: carries no S-NSSAI; give the slice's: --sst 1 --sd 0000a1\n",
    )


def test_strict_refuses_what_can_not_be_honoured(capsys, tmp_path):
    assert run(["slice", "import", KATANA, "--sst", "1", "--strict"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    rate = f"{KATANA}:10: base_slice_descriptor.ue_DL_throughput.guaranteed: rates of a UE are the mobile network's"
    assert rate in said.err

    plain = tmp_path / "plain.json"
    plain.write_text('{"base_slice_descriptor": {"sst": 1, "qos": {"qi": 7}, "delay_tolerance": true}}')
    assert run(["slice", "import", str(plain), "--strict"]) == 0


def test_import_as_json(capsys):
    assert run(["slice", "import", TEMPLATE, "--sst", "1", "-o", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["ok"], value["form"], value["slice"]["name"]) == (True, "a GSMA GST in TMF633 form", "gst-external")
    assert {"field": "isolation", "attribute": "Isolation level: Isolation"} in value["mapped"]
    assert len(value["unfilled"]) == 34


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"base_slice_descriptor": {"sst": 1, "mtu": 0}}', "n.json:1: base_slice_descriptor.mtu: 0 isn't a size"),
        ('{"orderItem": []}', "n.json:1: is a TMF641 service order, which isn't read"),
        ("", "n.json: is empty"),
    ],
)
def test_import_refuses_with_the_place(content, said, capsys, tmp_path):
    (tmp_path / "n.json").write_text(content)
    assert run(["slice", "import", str(tmp_path / "n.json"), "-o", "json"]) == 3
    heard = capsys.readouterr()
    assert said in heard.err
    assert said.split(": ", 1)[1] in json.loads(heard.out)["errors"][0]["what"]


@pytest.mark.parametrize(
    ("form", "key"),
    [
        (Form.gst, "serviceSpecCharacteristic"),
        (Form.katana, "base_slice_descriptor"),
        (Form.serviceprofile, "sNSSAIList"),
    ],
)
def test_export(form, key, capsys):
    assert run(["slice", "export", LAB, "embb", "--form", form.value]) == 0
    said = capsys.readouterr()
    assert key in json.loads(said.out)
    assert f"{form.value} has no place for:\n  mec.io/nest-base-slice-des-id: O5GCore\n" in said.err

    assert run(["slice", "export", LAB, "urllc", "--form", form.value, "-o", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    left = {"qos.fiveQI": 82} if form is Form.serviceprofile else {}
    assert (value["slice"], value["form"], value["ok"], value["leftOut"]) == ("urllc", form.value, True, left)
    assert key in value["nest"]


def test_a_slice_that_is_not_there(capsys):
    assert run(["slice", "export", LAB, "none"]) == 3
    assert capsys.readouterr().err == f"{LAB}: there is no slice none; one of: embb, urllc\n"


def test_a_form_that_is_not_written(capsys):
    assert run(["slice", "export", LAB, "embb", "--form", "camara"]) == 3
    assert "camara" in capsys.readouterr().err
