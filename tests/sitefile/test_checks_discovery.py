"""Names that stand for one thing each, and peers that can't make a question go in circles."""

from typing import Any

from mecctl.sitefile.checks_discovery import addresses, names, peers
from tests.sitefile.parts import CACHE, told

WEB = CACHE | {"ports": [8080]}
OWN: dict[str, Any] = {"discovery": {"domain": "mec.lab", "addresses": ["edge-1"]}}
FAR = {"name": "far", "domain": "far.lab", "addresses": ["10.88.0.11"]}


def test_a_site_that_is_found_and_has_a_peer():
    found = WEB | {"outside": ["10.0.0.0/8"], "dns": [{"name": "video.example.com"}]}

    for check in (addresses, names, peers):
        assert told(check, platform=OWN, peers=[FAR], workloads=[found]) == []


def test_the_clusters_own_domain():
    assert told(addresses, platform={"discovery": {"domain": "mec.cluster.local"}}) == [
        "spec.platform.discovery.domain: cluster.local is the cluster's own domain; another domain"
    ]


def test_addresses_are_nodes_each_once():
    given = ["edge-1", "10.77.0.11", "10.1.1.1"]
    twice, strange = told(addresses, platform={"discovery": {"domain": "mec.lab", "addresses": given}})

    assert twice == "spec.platform.discovery.addresses[1]: edge-1 is there already; each node once"
    assert strange.startswith("spec.platform.discovery.addresses[2]: no node is called 10.1.1.1 or has it")


def test_a_peer_in_the_sites_own_domain():
    (found,) = told(peers, platform=OWN, peers=[FAR | {"domain": "b.mec.lab"}])

    assert found.startswith("spec.peers[0].domain: b.mec.lab overlaps with mec.lab of this site")


def test_two_peers_of_one_domain():
    (found,) = told(peers, platform=OWN, peers=[FAR, FAR | {"name": "other"}])

    assert found.startswith("spec.peers[1].domain: far.lab overlaps with far.lab of far")


def test_a_peer_that_is_this_site():
    (found,) = told(peers, platform=OWN, peers=[FAR | {"addresses": ["10.77.0.12"]}])

    assert found.startswith("spec.peers[0].addresses[0]: 10.77.0.12 is this site's own node edge-2")


def test_a_name_taken_twice():
    other = WEB | {"name": "web", "dns": [{"name": "cache.embb.mec.lab"}, {"name": "a.example"}, {"name": "a.example"}]}

    assert told(names, platform=OWN, workloads=[WEB, other]) == [
        "spec.workloads[1].dns[0].name: cache.embb.mec.lab is a name of cache already; a name that nothing else has",
        "spec.workloads[1].dns[2].name: a.example is a name of web already; a name that nothing else has",
    ]


def test_a_name_that_a_peer_gives():
    (found,) = told(names, platform=OWN, peers=[FAR], workloads=[WEB | {"dns": [{"name": "a.far.lab"}]}])

    assert found == "spec.workloads[0].dns[0].name: a.far.lab is far's to give; a name that isn't in far.lab"


def test_names_need_a_domain_and_ports_and_outside_an_address():
    dns = {"dns": [{"name": "a.example"}]}

    assert told(names, workloads=[WEB | dns])[0].startswith("spec.workloads[0].dns: the site makes no names")
    assert told(names, platform=OWN, workloads=[CACHE | dns])[0].startswith("spec.workloads[0].dns: cache has no ports")
    (found,) = told(names, platform={"discovery": {"domain": "mec.lab"}}, workloads=[WEB | {"outside": ["10.0.0.0/8"]}])
    assert found.startswith("spec.workloads[0].outside: the site answers nobody outside")
