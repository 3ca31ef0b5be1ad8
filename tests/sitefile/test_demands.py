"""What of a slice counts on a site, what is only noted, what would come up as less."""

from mecctl.document import parse
from mecctl.sitefile.demands import note_problems, sort


def test_sorted_by_what_becomes_of_them():
    demands = sort(
        {"qos": {"fiveQI": 7}, "maxUEs": 7, "dataNetworkAccess": ["private-network"], "throughput": {"downlink": {}}}
    )
    assert demands.count == {"qos": {"fiveQI": 7}, "throughput": {"downlink": {}}}
    assert demands.noted == {"maxUEs": 7}
    assert demands.lesser == {"dataNetworkAccess": ["private-network"]}
    assert set(demands.rows) == {"maxUEs", "dataNetworkAccess"}
    assert demands.notes == {"mec.io/max-ues": "7", "mec.io/data-network-access": '["private-network"]'}


def test_isolation_counts():
    assert sort({"isolation": "network-function"}).count == {"isolation": "network-function"}


def test_one_value_of_a_list_that_is_not_built_is_enough():
    asked = {"dataNetworkAccess": ["internet", "private-network"]}
    assert sort(asked).lesser == asked
    assert sort({"dataNetworkAccess": ["internet", "local"]}).lesser == {}


def test_problems_of_notes_have_their_line():
    document, _ = parse("a:\n  mec.io/max-ues: x\n  mec.io/latency-downlink: 9\n  mec.io/other: x\n", "s.yaml")
    notes = {"mec.io/max-ues": "x", "mec.io/latency-downlink": "9", "mec.io/other": "x", "mec.io/latency-uplink": 7}
    assert [str(problem) for problem in note_problems(document, notes, ("a",))] == [
        "s.yaml:2: a.mec.io/max-ues: 'x' can't be read; JSON, for example 10, true or [\"DE\"]",
        (
            "s.yaml:3: a.mec.io/latency-downlink: '9' isn't a time; a number and ns, us, ms or s, over 0 "
            "and at most 60s, for example 10ms"
        ),
    ]
