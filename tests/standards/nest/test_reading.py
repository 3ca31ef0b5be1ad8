"""What a NEST of any form says: values with their places, faults, annotations."""

import json

from mecctl.document import Place
from mecctl.standards.nest.reading import Reading

LINES: dict[Place, int] = {("a",): 2, ("a", "b"): 3, ("list",): 5}


def reading() -> Reading:
    return Reading("a NEST", "n.json", LINES)


def test_the_line_is_that_of_the_nearest_key():
    found = reading()
    assert str(found.problem(("a", "b"), "what")) == "n.json:3: a.b: what"
    assert str(found.problem(("a", "c", 0), "what")) == "n.json:2: a.c[0]: what"
    assert str(found.problem(("x",), "what", "allowed")) == "n.json:1: x: what; allowed"


def test_a_label_names_what_stands_in_a_list():
    found = reading()
    found.labels["list", 0] = "Availability"
    assert str(found.problem(("list", 0, "value"), "what")) == "n.json:5: Availability: what"
    found.take(("availability",), "95%", ("list", 0, "value"))
    assert found.attribute(("availability",)) == "Availability"


def test_fields_are_nested_and_without_those_at_fault():
    found = reading()
    found.take(("throughput", "downlink", "maximum"), "5Mbps", ("a",))
    found.take(("maxUEs",), 7, ("a", "b"))
    assert found.fields == {"throughput": {"downlink": {"maximum": "5Mbps"}}, "maxUEs": 7}
    found.fault("maxUEs", ("a", "b"), "what", "allowed")
    found.fault("maxUEs", ("a", "b"), "what", "allowed")
    assert found.fields == {"throughput": {"downlink": {"maximum": "5Mbps"}}}
    assert [str(fault) for fault in found.faults["maxUEs"]] == ["n.json:3: a.b: what; allowed"]


def test_what_the_model_refuses_is_a_fault_of_its_place():
    found = reading()
    found.take(("throughput", "downlink", "guaranteed"), "6Mbps", ("a",))
    found.take(("throughput", "downlink", "maximum"), "5Mbps", ("a", "b"))
    found.take(("qos", "fiveQI"), [7, 7], ("list",))
    found.check()
    assert [str(fault) for faults in found.faults.values() for fault in faults] == [
        "n.json:5: list: 5QI 7 comes 2 times; each 5QI once",
        "n.json:3: a.b: the guaranteed rate 6Mbps is over the maximum 5Mbps; a maximum at or over the guarantee",
    ]
    assert found.fields == {}


def test_codes():
    found = reading()
    codes = {1: "iops", 2: "mcptt"}
    found.choose(("isolation",), 2, ("a",), {2: "tenant"})
    found.choose_all(("missionCritical", "services"), [2, 1], ("a", "b"), codes)
    assert found.fields == {"isolation": "tenant", "missionCritical": {"services": ["mcptt", "iops"]}}
    for value in (3, True, "1", None, [1]):
        found.choose(("isolation",), value, ("a",), codes)
    found.choose_all(("missionCritical", "services"), 1, ("a",), codes)
    found.choose_all(("missionCritical", "services"), [7], ("a",), codes)
    assert len(found.faults["isolation"]) == 5
    assert [str(fault) for fault in found.faults["missionCritical"]] == [
        "n.json:2: a: 1 isn't a list; 1 iops, 2 mcptt",
        "n.json:2: a[0]: 7 isn't known; 1 iops, 2 mcptt",
    ]


def test_carried_under_names_that_kubernetes_takes():
    found = reading()
    for name in ("device velocity (km/h)", "a b", "a-b", "a.b/", "?", "x" * 100, "x" * 101, "-é-"):
        found.carry(name, {"ö": name})
    assert list(found.annotations) == [
        "mec.io/nest-device-velocity-km-h",
        "mec.io/nest-a-b",
        "mec.io/nest-a-b-2",
        "mec.io/nest-a.b",
        "mec.io/nest-value",
        f"mec.io/nest-{'x' * 50}",
        f"mec.io/nest-{'x' * 50}-2",
        "mec.io/nest-value-2",
    ]
    assert json.loads(found.annotations["mec.io/nest-a-b"]) == {"ö": "a b"}
    assert found.carried["a-b"] == "mec.io/nest-a-b-2"
