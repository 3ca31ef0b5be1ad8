"""Checks across slices, workloads and policies."""

import pytest

POLICY = "{from: {slice: urllc}, to: {slice: embb, workload: cache, ports: [8080]}}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "name: urllc,",
            "name: embb,",
            "16: spec.slices[1].name: embb is also the name of spec.slices[0]; each name once",
        ),
        (
            "{sst: 2}",
            '{sst: 1, sd: "0000A1"}',
            (
                "16: spec.slices[1].snssai: 1-0000a1 is also the S-NSSAI of embb; both would be namespace "
                "slice-1-0000a1; each slice has its own S-NSSAI"
            ),
        ),
        (
            "name: control,",
            "name: cache,",
            "19: spec.workloads[1].name: cache is also the name of spec.workloads[0]; each name once",
        ),
        (
            "slice: urllc, image",
            "slice: mmtc, image",
            "19: spec.workloads[1].slice: there is no slice mmtc; one of: embb, urllc",
        ),
        (
            "ports: [9090]",
            "ports: [9090, 9091, 9090]",
            "19: spec.workloads[1].ports: port 9090 comes 2 times; each port once",
        ),
        (
            "replicas: 2, ports: [8080]",
            "replicas: 2, ports: []",
            "21: spec.policies[0].to.ports[0]: port 8080 isn't a port of cache; one of: none is declared",
        ),
        (
            "from: {slice: urllc}",
            "from: {slice: mmtc}",
            "21: spec.policies[0].from.slice: there is no slice mmtc; one of: embb, urllc",
        ),
        (
            "to: {slice: embb, workload: cache",
            "to: {slice: mmtc, workload: cache",
            "21: spec.policies[0].to.slice: there is no slice mmtc; one of: embb, urllc",
        ),
        (
            "workload: cache, ports",
            "workload: control, ports",
            "21: spec.policies[0].to.workload: there is no workload control in slice embb; one of: cache",
        ),
        (
            "ports: [8080]}}",
            "ports: [8080, 9090]}}",
            "21: spec.policies[0].to.ports[1]: port 9090 isn't a port of cache; one of: 8080",
        ),
        (
            "workload: cache, ports: [8080]}}",
            "ports: [1]}}",
            "21: spec.policies[0].to.ports[0]: port 1 isn't a port of any workload of embb; one of: 8080",
        ),
        (
            "from: {slice: urllc}",
            "from: {slice: embb}",
            "21: spec.policies[0].to.slice: is the slice it comes from; another; inside a slice all is open",
        ),
        (POLICY, f"{POLICY}\n    - {POLICY}", "22: spec.policies[1]: is there already; each policy once"),
    ],
)
def test_refused(told, old, new, said):
    assert told((old, new))[0] == f"site.yaml:{said}"


@pytest.mark.parametrize(("name", "end"), [("embb", "to"), ("urllc", "from")])
def test_network_functions_of_its_own_are_shared_with_nobody(told, name, end):
    assert told((f"{{name: {name},", f"{{name: {name}, isolation: network-function,")) == [
        (
            f"site.yaml:21: spec.policies[0].{end}.slice: isolation network-function of {name} shares no workload with "
            f"another slice; no policy from or to {name}, or isolation: tenant"
        )
    ]


def test_network_functions_of_its_own_beside_other_slices(edited):
    found = edited(
        ("{name: embb,", "{name: embb, isolation: network-function,"), (f"  policies:\n    - {POLICY}\n", "")
    )
    assert found.site.slices[0].isolation == "network-function"


@pytest.mark.parametrize("sd", ["ffffff", "FFFFFF", "0xffffff"])
def test_ffffff_is_no_sd_and_collides_with_none(told, sd):
    (problem,) = told(('{sst: 1, sd: "0000a1"}', f'{{sst: 2, sd: "{sd}"}}'))
    assert "2 is also the S-NSSAI of embb; both would be namespace slice-2" in problem


@pytest.mark.parametrize("to", ["{slice: embb}", "{slice: embb, workload: cache}", "{slice: embb, ports: [8080]}"])
def test_wider_policies(edited, to):
    edited(("{slice: embb, workload: cache, ports: [8080]}", to))


def test_a_policy_to_a_slice_without_workloads(edited):
    cache = '    - {name: cache, slice: embb, image: "mecctl.io/web:1", replicas: 2, ports: [8080]}\n'
    edited((cache, ""), ("{slice: embb, workload: cache, ports: [8080]}", "{slice: embb, ports: [8080]}"))
