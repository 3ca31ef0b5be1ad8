from ipaddress import IPv4Network

import pytest

from mecctl.lab.conflicts import find

SUBNET = IPv4Network("10.78.1.0/24")


def interface(name, address, prefix):
    return {"ifname": name, "addr_info": [{"family": "inet", "local": address, "prefixlen": prefix}]}


@pytest.mark.parametrize(
    ("address", "prefix"),
    [("10.78.1.9", 24), ("10.78.0.1", 16), ("10.78.1.200", 30), ("10.78.1.5", 8)],
)
def test_an_interface_with_the_labs_addresses_is_in_the_way(address, prefix):
    (found,) = find(SUBNET, "mec-own", {}, [interface("eth1", address, prefix)], [])

    assert str(found) == f"interface eth1 has {address}/{prefix}"


@pytest.mark.parametrize(("address", "prefix"), [("10.78.2.1", 24), ("10.1.2.3", 8), ("192.0.2.2", 24)])
def test_other_networks_and_very_wide_ones_are_not(address, prefix):
    assert find(SUBNET, "mec-own", {}, [interface("eth1", address, prefix)], []) == ()


def test_the_labs_own_interface_is_not_in_its_way():
    assert find(SUBNET, "mec-own", {}, [interface("mec-own", "10.78.1.254", 24)], []) == ()


def test_ipv6_addresses_do_not_matter():
    rows = [{"ifname": "eth0", "addr_info": [{"family": "inet6", "local": "fd00::2", "prefixlen": 64}]}]

    assert find(SUBNET, "mec-own", {}, rows, []) == ()


def test_a_route_is_in_the_way_unless_it_is_wide_or_the_default():
    routes = [
        {"dst": "default", "dev": "eth0"},
        {"dst": "10.0.0.0/8", "dev": "tun0"},
        {"dst": "10.78.0.0/16", "dev": "tun1"},
        {"dst": "10.78.1.7", "dev": "tun2"},
        {"type": "unreachable", "dst": "10.78.1.0/25"},
    ]

    found = find(SUBNET, "mec-own", {}, [], routes)

    assert [one.interface for one in found] == ["tun1", "tun2", "unreachable"]
    assert str(found[0]) == "a route to 10.78.0.0/16 goes to tun1"


def test_another_lab_is_named_once_by_its_folder():
    links = {"mec-12345678": {"ifname": "mec-12345678", "ifalias": "mecctl lab 12345678 /srv/other"}}
    rows = [interface("mec-12345678", "10.78.1.254", 24)]
    routes = [{"dst": "10.78.1.0/24", "dev": "mec-12345678"}]

    (found,) = find(SUBNET, "mec-own", links, rows, routes)

    assert (found.lab_id, found.folder) == ("12345678", "/srv/other")
    assert "the lab of /srv/other" in str(found)
