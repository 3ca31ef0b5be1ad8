import json
from xml.etree import ElementTree

from mecctl.plan.check import Check
from mecctl.plan.series import Series
from mecctl.report.plot import plot
from mecctl.report.probe import probe_to_json, probe_to_text

WALL = Check("isolation", "urllc", "embb/probe udp", "closed", "timed out", "", ok=True)
RATE = Check("rate", "embb", "downlink alone, maximum", "100", "160", "Mbps", ok=False)
LOST = Check("rate", "embb", "uplink alone, maximum", "20", "no result: timed out", "Mbps", ok=False)
DELAY = Check("latency", "urllc", "p50 one way", "", "0.2", "ms", ok=True)
ALONE = Series("embb", "downlink", "alone", (99e6, 98.5e6), 50_000_000, 100_000_000)
TOGETHER = Series("embb", "downlink", "together", (60e6, 55e6), 50_000_000, 100_000_000)
UPLINK = Series("<b>", "uplink", "alone", (3000.0,), None, 2000)


def test_a_table_of_promises_names_the_slices_of_broken_ones():
    assert probe_to_text("lab", [WALL, RATE, LOST, DELAY]).splitlines() == [
        "KIND       SLICE  PEER                     DECLARED  MEASURED              VERDICT",
        "isolation  urllc  embb/probe udp           closed    timed out             holds",
        "rate       embb   downlink alone, maximum  100 Mbps  160 Mbps              BROKEN",
        "rate       embb   uplink alone, maximum    20 Mbps   no result: timed out  BROKEN",
        "latency    urllc  p50 one way                        0.2 ms                holds",
        "",
        "✗ lab: 2 of 4 promises are broken, of embb",
    ]


def test_all_hold():
    assert probe_to_text("lab", [WALL, DELAY]).endswith("\nlab: all 2 promises hold")


def test_no_slices():
    assert probe_to_text("lab", []) == "lab: there are no slices, so there is nothing to probe"


def test_json_has_the_promised_fields():
    value = json.loads(json.dumps(probe_to_json("lab", [WALL, RATE], [ALONE])))

    assert (value["site"], value["ok"]) == ("lab", False)
    assert set(value["checks"][0]) == {"kind", "slice", "peer", "declared", "measured", "unit", "ok"}
    assert value["series"][0]["rates"] == [99_000_000, 98_500_000]
    assert probe_to_json("lab", [], [])["ok"] is True


def drawn(*series: Series) -> tuple[list[str], ElementTree.Element]:
    root = ElementTree.fromstring(plot("lab", series))  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    return [one.text or "" for one in root.iter(f"{name}text")], root


def test_a_picture_has_a_chart_a_slice_and_direction():
    texts, root = drawn(ALONE, UPLINK, TOGETHER)
    points = [one.get("points", "").split() for one in root.iter("{http://www.w3.org/2000/svg}polyline")]

    assert {"embb, downlink", "<b>, uplink", "maximum 100Mbps", "guaranteed 50Mbps", "maximum 2Kbps"} <= set(texts)
    assert sorted(len(one) for one in points) == [1, 2, 2]
    assert root.get("height") == "480"


def test_higher_rates_are_drawn_higher_and_within_the_picture():
    _, root = drawn(ALONE, TOGETHER)
    dots = [float(one.get("cy", "nan")) for one in root.iter("{http://www.w3.org/2000/svg}circle")]

    assert dots == sorted(dots)
    assert 40 <= min(dots) <= max(dots) <= 200


def test_without_rates_it_says_so():
    assert "no rates were measured" in drawn()[0]


def test_a_slice_that_let_nothing_through_is_drawn():
    assert "embb, downlink" in drawn(Series("embb", "downlink", "alone", (), None, 10**6))[0]
