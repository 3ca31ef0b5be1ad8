"""What was read of an AppD is in the AppD that is written of the workload."""

import json
from pathlib import Path

import jsonschema

from mecctl.standards import appd

DATA = Path(__file__).parents[2] / "data" / "appd"
SCHEMA = json.loads((DATA / "etsi-appd.schema.json").read_text())


def test_an_appd_comes_back_whole():
    original = json.loads((DATA / "v2.json").read_text())
    found = appd.read(json.dumps(original), "a.json")
    written = appd.write({"name": "other", **found.fields, "annotations": found.annotations}, "site")
    assert {key: written.document[key] for key in original} == original
    assert (written.filled, written.stale) == ((), ())
    jsonschema.validate(written.document, SCHEMA)


def test_a_workload_of_no_appd_is_one_by_etsis_schema():
    fields = {
        "name": "web",
        "image": "a/web:2",
        "ports": [80, {"port": 53, "protocol": "UDP", "targetPort": 5353}],
        "resources": {"cpu": "1500m", "memory": "64Mi"},
        "env": {"A": "b"},
    }
    written = appd.write(fields, "lab")
    jsonschema.validate(written.document, SCHEMA)
    assert written.left_out == {"env": {"A": "b"}, "ports[1].targetPort": 5353}
    assert written.filled[0] == "appDId"
    again = appd.read(json.dumps(written.document), "a.json").fields
    assert again == {
        **{key: fields[key] for key in ("image", "resources")},
        "ports": [80, {"port": 53, "protocol": "UDP"}],
    }


def test_what_the_workload_says_otherwise_now_counts():
    found = appd.read((DATA / "tosca.yaml").read_text(), "tosca.yaml")
    changed = {"name": "video", **found.fields, "image": "registry.example/video:3", "annotations": found.annotations}
    written = appd.write(changed, "lab")
    assert written.document["swImageDescriptor"] == "registry.example/video:3"
    assert written.stale == ("swImageDescriptor",)
    broken = appd.write({**changed, "annotations": {"mec.io/appd-appTrafficRule": '[{"action": 1}]'}}, "lab")
    assert broken.stale == ("appTrafficRule",)
