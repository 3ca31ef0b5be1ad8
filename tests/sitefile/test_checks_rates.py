"""What is guaranteed to slices fits the links that carry it."""

import pytest

from mecctl.sitefile.checks_rates import line, links, warnings
from tests.sitefile.parts import AGENT, EMBB, OTHER, SERVER, URLLC, rates, told
from tests.stacks.rendering import site

BIG = EMBB | rates(downlink={"guaranteed": "600Mbps"}, uplink={"guaranteed": "100Mbps"})
SMALL = URLLC | rates(downlink={"guaranteed": "500Mbps"}, uplink={"guaranteed": "50Mbps", "maximum": "3Gbps"})


def test_a_nodes_link_carries_all_guarantees_that_may_meet_there():
    nodes = [SERVER | {"link": "1Mbps"}, AGENT | {"link": "1Gbps"}, OTHER | {"link": "2Gbps"}]
    assert told(links, nodes=nodes, slices=[BIG, SMALL]) == [
        (
            "spec.nodes[1].link: the slices' guaranteed downlink is 1100Mbps in sum: embb 600Mbps, urllc 500Mbps; the "
            "link of edge-2 carries 1Gbps; guarantees of at most 1Gbps together, or a faster link"
        )
    ]


def test_each_way_counts_on_its_own():
    found = told(links, nodes=[SERVER, AGENT | {"link": "120Mbps"}], slices=[BIG, SMALL])
    assert [one.partition("; ")[0].partition(": ")[2] for one in found] == [
        "the slices' guaranteed downlink is 1100Mbps in sum: embb 600Mbps, urllc 500Mbps",
        "the slices' guaranteed uplink is 150Mbps in sum: embb 100Mbps, urllc 50Mbps",
    ]


def test_guarantees_that_fill_a_link_fit():
    assert told(links, nodes=[SERVER, AGENT | {"link": "1100Mbps"}], slices=[BIG, SMALL]) == []


def test_a_link_that_nobody_declares_is_not_judged():
    assert told(links, slices=[BIG, SMALL]) == told(line, slices=[BIG, SMALL]) == []


def test_slices_on_nodes_of_their_own_do_not_meet():
    nodes = [SERVER, AGENT | {"link": "600Mbps"}, OTHER | {"link": "400Mbps"}]
    (found,) = told(links, nodes=nodes, slices=[BIG, SMALL | {"isolation": "physical", "pool": "own"}])
    assert found.startswith(
        "spec.nodes[2].link: the slices' guaranteed downlink is 500Mbps in sum: urllc 500Mbps; the link of edge-3"
    )


@pytest.mark.parametrize(
    ("uplink", "field", "said"),
    [
        (
            "1Gbps",
            "egress",
            "downlink is 1100Mbps in sum: embb 600Mbps, urllc 500Mbps; the site's line carries out 1Gbps",
        ),
        (
            {"egress": "2Gbps", "ingress": "149Mbps"},
            "ingress",
            "uplink is 150Mbps in sum: embb 100Mbps, urllc 50Mbps; the site's line carries in 149Mbps",
        ),
    ],
)
def test_the_sites_line_carries_each_guarantee_once(uplink, field, said):
    (found,) = told(line, uplink=uplink, slices=[BIG, SMALL])
    assert found.startswith(f"spec.uplink.{field}: the slices' guaranteed {said}; guarantees of at most")


def test_a_maximum_that_no_link_reaches_deserves_a_second_look():
    made = site(nodes=[SERVER, AGENT | {"link": "1Gbps"}, OTHER | {"link": "2Gbps"}], slices=[BIG, SMALL])
    assert list(warnings(made)) == [
        "slice urllc: its maximum uplink 3Gbps can't be reached: the fastest link of its nodes carries 2Gbps"
    ]
    assert list(warnings(site(nodes=[SERVER, AGENT, OTHER | {"link": "2Gbps"}], slices=[BIG, SMALL]))) == []
