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
        "slice urllc: slices/n.json gives throughput, maxPacketSize",
        (
            "slice urllc: slices/n.json: only noted as annotations, not enforced: ueThroughput, "
            "coverage, base_slice_des_id, delay_tolerance, service_descriptor"
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
        ({"a": 1}, "slices/n.json:1: isn't a NEST of a known form (its keys: 'a'); GSMA GST in TMF633 form"),
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


def booking(**more: object) -> dict[str, object]:
    profile = {"maxNumOfDevices": 20, "upStreamDelayBudget": {"value": 10, "unit": "Milliseconds"}}
    return {"sliceQosProfile": profile, **more}


@pytest.mark.parametrize(
    "content",
    [
        {"serviceProfileId": "x", "sNSSAIList": [{"sst": 2}], "maxNumberofUEs": 20, "uLLatency": 10},
        {"attributes": {"serviceProfileList": [{"sst": 2, "maxNumberofUEs": 20, "uLLatency": 10}]}},
        booking(),
    ],
)
def test_every_form_gives_a_slice_its_fields_and_notes(write, edited, content):
    write(content)
    urllc = edited((URLLC, NEST)).site.slices[1]
    assert (str(urllc.snssai), urllc.max_ues, urllc.latency.uplink) == ("2", 20, 10_000_000)
    assert urllc.annotations["mec.io/max-ues"] == "20"
    assert urllc.annotations["mec.io/latency-uplink"] == "10ms"


def test_the_template_of_the_gst(write, edited):
    write((DATA / "openslice_gst_5.0.0.json").read_text())
    found = edited((URLLC, NEST))
    assert (found.site.slices[1].isolation, found.site.slices[1].max_pdu_sessions) == ("none", 10_000)
    assert (
        found.warnings[0]
        == "slice urllc: slices/n.json gives availability, maxPacketSize, isolation, dataNetworkAccess"
    )
    assert found.warnings[-1] == "slice urllc: slices/n.json: a template with 34 attributes not filled in"


def test_what_can_not_be_honoured_is_told(write, edited):
    write(booking(serviceTime={"startDate": "2026-06-01T12:00:00Z"}))
    assert edited((URLLC, NEST)).warnings[-1] == (
        "slice urllc: slices/n.json: serviceTime can't be honoured: a slice is there as long as the site file has it; "
        "nothing starts or ends by the clock"
    )


def test_a_way_out_that_is_not_built_is_no_mere_note(write, told):
    write(
        {"sNSSAIList": [{"sst": 2}], "dataNetworkAccess": {"dataAccessList": [{"dataAccessUsed": "TERM_PVT_NETWORK"}]}}
    )
    (problem,) = told((URLLC, NEST))
    assert "asks for dataNetworkAccess private-network: a way into a private network isn't built" in problem
    assert "write dataNetworkAccess: local or internet beside nest: in site.yaml" in problem


@pytest.mark.parametrize("level", [1, 3])
def test_nodes_of_its_own_are_the_site_files_to_name(write, told, edited, level):
    write({"base_slice_descriptor": {"isolation_level": {"isolation": level}}})
    (problem,) = told((URLLC, NEST))
    assert problem.startswith("site.yaml:16: spec.slices[1].pool: is missing: isolation physical gives urllc nodes of")
    own = "    - {name: edge-3, address: 10.77.0.13, roles: [agent], pool: own}\n  kubernetes:\n"
    found = edited((URLLC, NEST.replace("}}", "}, pool: own}")), ("  kubernetes:\n", own)).site.slices[1]
    assert (found.isolation, found.pool) == ("physical", "own")


def test_several_5qis(write, edited):
    write({"base_slice_descriptor": {"qos": [{"qi": 9}, {"qi": 82}]}})
    qos = edited((URLLC, NEST)).site.slices[1].qos
    assert (qos.five_qis, qos.five_qi) == ((9, 82), 82)


NOTED = "{name: urllc, snssai: {sst: 2}, annotations: "


def test_own_annotations_are_noted_and_said_to_be(edited):
    found = edited((URLLC, f"{NOTED}{{mec.io/latency-uplink: 10ms, mec.io/x: y}}}}"))
    assert found.site.slices[1].annotations == {"mec.io/latency-uplink": "10ms", "mec.io/x": "y"}
    assert found.warnings == ("slice urllc: only noted as annotations, not enforced: mec.io/latency-uplink, mec.io/x",)


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ("mec.io/latency-uplink: fast", "'fast' isn't a time; a number and ns, us, ms or s"),
        (f"mec.io/max-ues: '{'[' * 99_999}'", "can't be read; JSON"),
        ("mec.io/max-ues: '{}'", "input should be a valid integer"),
        ("mec.io/mission-critical-services: '[\"iops\"]'", "comes without supported; both, or neither"),
        ("mec.io/max-ues: many", "'many' can't be read; JSON, for example 10, true or"),
        (
            "mec.io/downlink-maximum: 1Mbps, mec.io/downlink-guaranteed: 2Mbps",
            "the guaranteed rate 2Mbps is over the maximum 1Mbps",
        ),
    ],
)
def test_own_annotations_that_say_what_can_not_be(told, notes, said):
    (problem,) = told((URLLC, f"{NOTED}{{{notes}}}}}"))
    assert problem.startswith("site.yaml:16: spec.slices[1].annotations.mec.io/")
    assert said in problem


def test_own_annotations_beside_a_nest_win(write, edited):
    write({"base_slice_descriptor": {"number_of_terminals": 7, "mtu": 1500, "x": 1}})
    own = "{name: urllc, nest: slices/n.json, snssai: {sst: 2}, annotations: {mec.io/max-ues: '9', mec.io/nest-x: '2'}}"
    urllc = edited((URLLC, own)).site.slices[1]
    assert urllc.max_ues is None
    assert urllc.annotations["mec.io/max-ues"] == "9"
    assert urllc.annotations["mec.io/nest-x"] == "2"
    assert urllc.max_packet_size.uplink == 1500


def test_rates_beside_a_nest_count_before_it(write, edited):
    write({"base_slice_descriptor": {"network_DL_throughput": {"maximum": 5}}})
    own = "throughput: {uplink: {maximum: 1Mbps, perPod: 500Kbps}}"
    found = edited((URLLC, f"{{name: urllc, nest: slices/n.json, snssai: {{sst: 2}}, {own}}}"))
    rates = found.site.slices[1].throughput
    assert (rates.downlink, rates.uplink.maximum, rates.uplink.per_pod) == (None, 1_000_000, 500_000)
