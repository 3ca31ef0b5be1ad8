"""Slices as YAML that every reader reads alike, and what became of a NEST in words."""

import json

import pytest
import yaml

from mecctl.document import parse
from mecctl.errors import Problem
from mecctl.report.slice import import_to_json, import_to_text, left_out_to_text, slice_to_yaml
from mecctl.sitefile.sliceimport import Imported
from mecctl.standards.nest import Written
from tests.support.slices import some_slice

FOUND = Imported(
    file="n.json",
    form="a Katana NEST",
    slice={"name": "embb", "snssai": {"sst": 1}},
    mapped=(("snssai", "--sst and --sd"),),
    carried=(("mtu\x1b[31m", "mec.io/mtu"),),
    unmet=(Problem("n.json", 7, "mtu", "packet sizes aren't enforced yet"),),
    unfilled=(),
)


def test_yaml():
    part = {
        "name": "embb",
        "snssai": {"sst": 1, "sd": "0000a1"},
        "qos": {"fiveQI": [7, 82]},
        "annotations": {"mec.io/max-ues": "10", "mec.io/nest-x": "yes", "mec.io/nest-y": "a: b"},
    }
    assert slice_to_yaml(part) == (
        "- name: embb\n"
        '  snssai: {sst: 1, sd: "0000a1"}\n'
        "  qos: {fiveQI: [7, 82]}\n"
        "  annotations:\n"
        '    mec.io/max-ues: "10"\n'
        "    mec.io/nest-x: 'yes'\n"
        "    mec.io/nest-y: 'a: b'\n"
    )


@pytest.mark.parametrize("sd", ["010203", "000080", "0e1234", "10e203", "ffffff", "0x1234", "123_45", "1:2:3"])
def test_text_that_looks_like_a_number_stays_text_for_every_reader(sd):
    text = slice_to_yaml({"name": sd, "snssai": {"sst": 1, "sd": sd}})
    wanted = [{"name": sd, "snssai": {"sst": 1, "sd": sd}}]
    assert parse(text, "f")[0].data == yaml.safe_load(text) == wanted


@pytest.mark.parametrize("seed", range(60))
def test_yaml_reads_back(seed):
    part = {
        **some_slice(seed),
        "annotations": {"mec.io/x": json.dumps([seed, "ö\t\"'"]), "mec.io/y": f"{seed}: a\n # b\n"},
    }
    assert parse(slice_to_yaml(part), "f")[0].data == [part]


def test_text():
    assert import_to_text(FOUND) == (
        "n.json is a Katana NEST\n"
        "mapped:\n"
        "  snssai ← --sst and --sd\n"
        "carried as annotation:\n"
        "  mtu?[31m → mec.io/mtu\n"
        "can't be honoured:\n"
        "  n.json:7: mtu: packet sizes aren't enforced yet"
    )


def test_json():
    assert import_to_json(FOUND) == {
        "file": "n.json",
        "form": "a Katana NEST",
        "ok": True,
        "slice": {"name": "embb", "snssai": {"sst": 1}},
        "mapped": [{"field": "snssai", "attribute": "--sst and --sd"}],
        "carried": [{"attribute": "mtu\x1b[31m", "annotation": "mec.io/mtu"}],
        "unmet": [
            {"file": "n.json", "line": 7, "field": "mtu", "what": "packet sizes aren't enforced yet", "allowed": None}
        ],
        "unfilled": [],
    }


def test_left_out():
    written = Written({}, {"qos.fiveQI": [7, 82]})
    assert left_out_to_text(written, "serviceprofile") == "serviceprofile has no place for:\n  qos.fiveQI: [7, 82]"
    assert left_out_to_text(Written({}, {}), "gst") == ""
