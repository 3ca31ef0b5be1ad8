"""The committed JSON Schema: fresh, well formed, true to the loader where a schema can be."""

import json
from pathlib import Path

import jsonschema
import pytest

from mecctl.document import parse
from mecctl.sitefile.schema import export

from .conftest import SITE

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "schema" / "site.json"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(export())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_fresh():
    assert COMMITTED.read_text() == export(), "run: python -m mecctl.sitefile.schema > docs/schema/site.json"


def test_examples_follow_it(validator):
    for path in [*ROOT.glob("inventories/*/site.yaml")]:
        document, _ = parse(path.read_text(), str(path))
        validator.validate(document.data)


@pytest.mark.parametrize(
    ("old", "new", "valid"),
    [
        ("kind: Site", "kind: Site", True),
        ('snssai: {sst: 1, sd: "0000a1"}', "nest: slices/embb.json", True),
        ('snssai: {sst: 1, sd: "0000a1"}', "nest: slices/embb.json, snssai: {sst: 1}", True),
        ('snssai: {sst: 1, sd: "0000a1"}', "isolation: tenant", False),
        ('sd: "0000a1"', "sd: 010203", False),
        ('sd: "0000a1"', 'sd: "0000a"', False),
        ('sd: "0000a1"', 'sd: "0xFFFFFF"', True),
        ("sst: 1,", "sst: 256,", False),
        ("{name: embb,", "{name: embb, throughput: {},", True),
        ("{name: embb,", "{name: embb, annotations: {mec.io/max-ues: '9'},", True),
        ("{name: embb,", "{name: embb, annotations: {max-ues: '9'},", False),
        ("{name: embb,", "{name: embb, annotations: {mec.io/max-ues: 9},", False),
        ("{name: embb,", "{name: embb, maxUEs: 9,", False),
        ("{fiveQI: 82}", "{fiveQI: [82, 7]}", True),
        ("{fiveQI: 82}", "{fiveQI: []}", False),
        ("{fiveQI: 82}", "{fiveQI: [82, 82]}", False),
        ("{name: embb,", "{name: embb, isolation: none,", True),
        ("{name: embb,", "{name: embb, dataNetworkAccess: [local, internet],", True),
        ("{name: embb,", "{name: embb, dataNetworkAccess: [private-network],", False),
        ("{name: embb,", "{name: embb, availability: 99.9%,", True),
        ("  kubernetes:\n", "  uplink: 1Gbps\n  kubernetes:\n", True),
        ("  kubernetes:\n", "  uplink: {egress: 1Gbps, ingress: 1Gbps}\n  kubernetes:\n", True),
        ("  kubernetes:\n", "  uplink: {downlink: 1Gbps}\n  kubernetes:\n", False),
        ("[agent]}", "[agent], link: 1Gbps}", True),
        ("[agent]}", "[agent], link: 1000}", False),
        ("{fiveQI: 82}", "{fiveQI: 10}", False),
        ('cpu: "1"', "cpu: 1", True),
        ('cpu: "1"', "cpu: lots", False),
        ("512Mi", "512", False),
        ("hardening: none", "hardening: cis", True),
        ("    hardening: none\n", "", True),
        ("distribution: kubeadm", "distribution: existing", False),
        ("{privateKey: keys/id}", "{}", False),
        ("{privateKey: keys/id}", "{privateKey: keys/id, bastion: null}", True),
        ("{privateKey: keys/id}", "{privateKey: keys/id, bastion: x}", False),
        ("  access: {privateKey: keys/id}\n", "  lab: {driver: podman}\n", True),
        ("  access: {privateKey: keys/id}\n", "  lab: {driver: docker}\n", False),
        ("  access: {privateKey: keys/id}\n", "", False),
        ("{name: here}", "{name: here, labels: {a b: c}}", False),
        ("{name: here}", "{name: here, labels: {a: b}}", True),
        ("image:", "vm: {}, image:", False),
        ("from:", "form:", False),
    ],
)
def test_agrees_with_the_loader(validator, folder, edited, told, old, new, valid):
    document, _ = parse(SITE.replace(old, new, 1), "site.yaml")
    assert validator.is_valid(document.data) is valid
    if valid and "nest" not in new:
        edited((old, new))
    elif not valid:
        assert told((old, new))


def test_every_property_is_described():
    schema = json.loads(export())
    for owner in [schema, *schema["$defs"].values()]:
        assert owner["description"]
        for name, field in owner["properties"].items():
            assert "description" in field or "$ref" in field, name
