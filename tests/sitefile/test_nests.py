"""`nest:` in a slice: what is taken, what is only noted, what the site file overrides."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data" / "nest"
URLLC = '{name: urllc, snssai: {sst: 2}, qos: {fiveQI: 82}, quota: {cpu: "1", memory: 512Mi, pods: 10}}'
NEST = "{name: urllc, nest: slices/n.json, snssai: {sst: 2}}"


@pytest.fixture
def write(folder):
    (folder / "slices").mkdir()

    def write_nest(content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        (folder / "slices" / "n.json").write_text(text)

    return write_nest


def test_a_real_nest(write, edited):
    write((DATA / "katana_nest_embb.json").read_text())
    found = edited((URLLC, NEST))
    urllc = found.site.slices[1]
    assert str(urllc.snssai) == "2"
    assert urllc.throughput.downlink.guaranteed == 1_500_000_000
    assert urllc.throughput.uplink.guaranteed == 50_000
    assert urllc.annotations["mec.io/ue-uplink-guaranteed"] == "60Kbps"
    assert found.warnings == (
        "slice urllc: slices/n.json gives throughput (rates are declared, not enforced yet)",
        (
            "slice urllc: slices/n.json: only noted as annotations, not enforced: ue_DL_throughput, ue_UL_throughput, "
            "mtu, base_slice_des_id, coverage, delay_tolerance, service_descriptor"
        ),
    )


def test_the_site_file_wins_and_says_so(write, edited):
    attributes = {"sst": 1, "sd": "0000c3", "qos": [{"qi": 9}], "isolation_level": {"isolation": 1}}
    write({"base_slice_descriptor": attributes})
    found = edited((URLLC, "{name: urllc, nest: slices/n.json, isolation: tenant, qos: {fiveQI: 7}}"))
    urllc = found.site.slices[1]
    assert (str(urllc.snssai), urllc.qos.five_qi, urllc.isolation) == ("1-0000c3", 7, "tenant")
    assert found.warnings == (
        "slice urllc: slices/n.json gives snssai",
        "slice urllc: slices/n.json: site.yaml's own qos, isolation is used instead of the NEST's",
        "slice urllc: slices/n.json: only noted as annotations, not enforced: isolation_level",
    )


def test_no_snssai_anywhere(write, told):
    write({"base_slice_descriptor": {"mtu": 1500}})
    assert told((URLLC, "{name: urllc, nest: slices/n.json}")) == [
        (
            "site.yaml:16: spec.slices[1].snssai: slices/n.json carries no S-NSSAI; write it beside nest:, "
            'for example snssai: {sst: 1, sd: "0000a1"}'
        )
    ]


def test_a_nest_can_not_bring_a_second_owner_of_an_snssai(write, told):
    write({"base_slice_descriptor": {"sst": 1, "sd": "0000A1"}})
    (problem,) = told((URLLC, "{name: urllc, nest: slices/n.json}"))
    assert problem.startswith("site.yaml:16: spec.slices[1].snssai: 1-0000a1 is also the S-NSSAI of embb")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "slices/n.json: is empty; a GSMA NEST in JSON"),
        ("{", "slices/n.json:1: isn't valid JSON: expecting property name enclosed in double quotes (column 2)"),
        ("[]", "slices/n.json:1: holds no object"),
        ({"a": 1}, "slices/n.json:1: isn't a NEST: it has no base_slice_descriptor (its keys: 'a'); a GSMA NEST"),
    ],
)
def test_a_nest_that_is_none(write, told, content, said):
    write(content)
    (problem,) = told((URLLC, "{name: urllc, nest: slices/n.json}"))
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("nest", "said"),
    [
        ("slices/none.json", "there is no file {folder}/slices/none.json; a GSMA NEST in JSON"),
        ("slices", "there is no file {folder}/slices; a GSMA NEST in JSON"),
        ("7", "isn't a file's name; for example slices/embb.json"),
        ('""', "isn't a file's name; for example slices/embb.json"),
        ("null", "isn't a file's name; for example slices/embb.json"),
    ],
)
def test_a_file_that_is_none(folder, write, told, nest, said):
    assert told((URLLC, f"{{name: urllc, nest: {nest}}}")) == [
        f"site.yaml:16: spec.slices[1].nest: {said.format(folder=folder)}"
    ]


def test_site_file_first_then_the_nests(write, told):
    write({"base_slice_descriptor": {"network_DL_throughput": {"guaranteed": "-"}, "mtu": "example"}})
    problems = told((URLLC, NEST), ("workload: cache", "workload: cash"))
    assert [problem.split(": ")[0] for problem in problems] == ["site.yaml:21", "slices/n.json:4", "slices/n.json:6"]


def test_rates_beside_a_nest_are_refused(write, told):
    write({"base_slice_descriptor": {"network_DL_throughput": {"maximum": 5}}})
    (problem,) = told((URLLC, "{name: urllc, nest: slices/n.json, snssai: {sst: 2}, throughput: {}}"))
    assert problem.startswith("site.yaml:16: spec.slices[1].throughput: rates aren't enforced yet")
