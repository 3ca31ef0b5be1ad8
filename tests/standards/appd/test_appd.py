"""AppDs of every form, as real files have them: what is put right, what is refused, all of it at once."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from mecctl.errors import InputError
from mecctl.standards import appd
from mecctl.standards.appd.fields import ACTIONS, APPD, REQUIRED, Many, Object

DATA = Path(__file__).parents[2] / "data" / "appd"
SCHEMA = json.loads((DATA / "etsi-appd.schema.json").read_text())
V2 = json.loads((DATA / "v2.json").read_text())


def read(data, file="a.json"):
    return appd.read(data if isinstance(data, str) else json.dumps(data, indent=1), file)


def told(data, file="a.json"):
    with pytest.raises(InputError) as caught:
        read(data, file)
    return [str(problem) for problem in caught.value.problems]


def test_etsis_schema_and_the_table_agree():
    whole = SCHEMA["components"]["schemas"]
    assert set(whole["AppD"]["required"]) == set(REQUIRED)
    assert set(whole["AppD"]["properties"]) <= set(APPD.fields)
    assert set(whole["Action"]["enum"]) <= set(ACTIONS)
    for field in APPD.fields.values():
        item = field.item if isinstance(field, Many) else field
        if isinstance(item, Object) and item.name in whole:
            assert set(item.required) == set(whole[item.name]["required"])
            assert set(whole[item.name]["properties"]) <= set(item.fields)


def test_v2_1_1_in_json_and_in_yaml():
    jsonschema.validate(V2, SCHEMA)
    found = read(V2)
    assert (found.form, found.name, found.deviations) == ("an ETSI MEC 010-2 AppD", "video-analytics", [])
    assert found.fields["image"] == "registry.local/video-analytics:1.0.0"
    assert found.fields["ports"] == [8080]
    assert read(yaml.safe_dump(V2), "a.yaml").document == found.document == V2


def test_v3_names():
    container = {"requestedCpuResources": 250, "cpuResourceLimit": 500, "requestedMemoryResources": "64 MiB"}
    ports = [{"name": "web", "protocol": "TCP", "port": 80}, {"protocol": "UDP", "port": 53}]
    data = {key: value for key, value in V2.items() if key not in {"virtualComputeDescriptor", "swImageDescriptor"}}
    data["osContainerDescriptor"] = [{**container, "swImageDesc": "example.org/a:1"}]
    data["appExtCpd"] = [{"additionalServiceData": [{"portData": ports}]}]
    found = read(data)
    assert found.form == "an ETSI MEC 010-2 AppD with attributes of V3"
    assert found.fields["resources"] == {"cpu": "250m", "memory": "64Mi"}
    assert found.fields["ports"] == [{"port": 80, "name": "web"}, {"port": 53, "protocol": "UDP"}, 8080]
    assert any("request and limit are one here" in problem.what for problem in found.unmet)


def test_tosca():
    found = read((DATA / "tosca.yaml").read_text(), "tosca.yaml")
    assert (found.form, found.name, found.deviations) == ("a TOSCA MecApp (ETSI MEC 037)", "Video App", [])
    assert found.fields["image"] == "registry.example/video:2.1"
    assert found.fields["resources"] == {"cpu": "500m", "memory": "10Mi"}
    assert [(one.tags, one.ports) for one in found.openings] == [(("urllc",), (8080, 8081))]


def test_a_tosca_input_is_refused_where_it_stands():
    text = (DATA / "tosca.yaml").read_text().replace("software_version: '2.1'", "software_version: {get_input: v}")
    assert told(text, "t.yaml") == [
        (
            "t.yaml:19: topology_template.node_templates.app.properties.software_version: "
            "is to be had by 'get_input'; the value itself: inputs aren't filled in here"
        )
    ]


def test_camara_leaves_what_opens_its_repository_behind():
    found = read((DATA / "camara.json").read_text())
    assert found.form == "a CAMARA application manifest"
    assert found.fields["resources"] == {"cpu": "500m", "memory": "256M"}
    assert found.fields["storage"] == [{"name": "data", "path": "/data", "size": "2G"}]
    assert found.fields["architecture"] == "amd64"
    assert "s3cret" not in json.dumps(found.annotations) + json.dumps(found.document)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"appDId": None, "appDid": "x"}, "appDid: is taken as appDId"),
        ({"appServiceRequired": [{"ServiceDependency": {"serName": "LS", "version": "1"}}]}, "is a wrapper"),
        ({"appServiceRequired": {"serName": "LS", "version": "1"}}, "appServiceRequired: is one where a list belongs"),
        ({"mecVersion": "2.1.1"}, "mecVersion: is one where a list belongs"),
        ({"appDVersion": 1.5}, "appDVersion: 1.5 is taken as text"),
        ({"appLatency": {"maxLatency": "1000"}}, "appLatency.maxLatency: '1000' is taken as a whole number"),
    ],
)
def test_what_real_files_do_is_taken_with_a_warning(changed, place):
    data = {key: value for key, value in {**V2, **changed}.items() if value is not None}
    (one,) = read(data).deviations
    assert place in str(one)


def test_all_that_is_missing_is_told_at_once():
    data = {"appDId": "x", "appServiceRequired": [{"serName": "LS"}], "appTrafficRule": [{"action": "BURN"}]}
    said = "\n".join(told(data))
    for name in set(REQUIRED) - {"appDId"}:
        assert f"a.json:1: {name}: is missing; AppD needs it" in said
    assert "a.json:3: appServiceRequired[0].version: is missing" in said
    assert "appTrafficRule[0].action: 'BURN' isn't known" in said
    for name in ("trafficRuleId", "filterType", "priority", "trafficFilter"):
        assert f"appTrafficRule[0].{name}: is missing" in said


def test_what_is_no_appd():
    assert told('{"appDId": "x",\n "appName" 1}') == [
        "a.json:2: isn't valid JSON: expecting ':' delimiter (column 12); an object in JSON"
    ]
    assert "isn't an AppD of a known form (its keys: 'a')" in told({"a": 1})[0]
    assert "has nothing but comments" in told("# nothing\n", "a.yaml")[0]
    assert "holds no object" in told("- 1\n", "a.yaml")[0]


@pytest.mark.parametrize("nanoseconds", [0, -1, 2**32, True, 1.5])
def test_a_latency_that_none_can_be(nanoseconds):
    assert "appLatency.maxLatency" in told({**V2, "appLatency": {"maxLatency": nanoseconds}})[0]


def test_a_rule_narrower_than_a_policy_opens_nothing():
    rule = {**V2["appTrafficRule"][0], "trafficFilter": [{"tag": ["urllc"], "srcAddress": ["10.0.0.1"]}]}
    found = read({**V2, "appTrafficRule": [rule]})
    assert found.openings == []
    assert any("would open more than this" in problem.what for problem in found.unmet)


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ("swimg-1", "isn't a container image with its version"),
        ([{"name": "a", "version": "1"}, {"name": "b", "version": "1"}], "describes 2 images"),
        ([], "describes no image"),
        ({"checksum": "x"}, "isn't a container image with its version"),
    ],
)
def test_an_image_that_cannot_run_is_a_fault_of_the_image_alone(image, why):
    (problem,) = read({**V2, "swImageDescriptor": image}).faults["image"]
    assert why in problem.what
