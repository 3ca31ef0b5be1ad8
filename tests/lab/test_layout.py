import pytest

from mecctl.errors import InputError
from mecctl.lab.layout import containers, host_arch, layout, machines
from tests.lab.sites import NODES, site_folder


def with_node(tmp_path, **other):
    return site_folder(tmp_path, (NODES[0], {**NODES[1], **other}))


def test_the_nodes_subnet_holds_the_gateway_and_the_host(tmp_path):
    found = layout(site_folder(tmp_path))

    assert (str(found.subnet), str(found.gateway), str(found.host)) == ("10.78.1.0/24", "10.78.1.1", "10.78.1.254")


@pytest.mark.parametrize("address", ["10.78.1.0", "10.78.1.1", "10.78.1.254", "10.78.1.255"])
def test_addresses_that_the_lab_needs_are_refused(tmp_path, address):
    with pytest.raises(InputError, match=r"spec\.nodes\[1\]\.address: .*\.2 to \.253 are free"):
        layout(with_node(tmp_path, address=address))


def test_nodes_of_two_subnets_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"10\.78\.2\.12 isn't in 10\.78\.1\.0/24"):
        layout(with_node(tmp_path, address="10.78.2.12"))


def test_containers_of_another_architecture_are_refused_and_machines_are_not(tmp_path):
    other = {"amd64": "arm64", "arm64": "amd64"}[host_arch()]
    nodes = (NODES[0], {**NODES[1], "arch": other})

    with pytest.raises(InputError, match=f"a container can't be {other} on this machine"):
        layout(site_folder(tmp_path / "one", nodes))
    for lab in ({"driver": "vagrant"}, {"driver": "podman", "machines": ["edge-2"]}):
        assert layout(site_folder(tmp_path / lab["driver"], nodes, lab=lab))


def test_an_architecture_that_no_machine_can_have_is_refused(tmp_path):
    nodes = (NODES[0], {**NODES[1], "arch": "arm"})

    with pytest.raises(InputError, match="a virtual node can't be arm on this machine; amd64 or arm64"):
        layout(site_folder(tmp_path, nodes, lab={"driver": "vagrant"}))


def test_nodes_are_containers_or_machines(tmp_path):
    mixed = site_folder(tmp_path / "a", lab={"driver": "podman", "machines": ["edge-2"]}).site
    whole = site_folder(tmp_path / "b", lab={"driver": "vagrant"}).site

    assert [[node.name for node in kind(mixed)] for kind in (containers, machines)] == [["edge-1"], ["edge-2"]]
    assert [[node.name for node in kind(whole)] for kind in (containers, machines)] == [[], ["edge-1", "edge-2"]]


def test_a_site_of_real_machines_and_another_user_are_told_at_once(tmp_path):
    folder = site_folder(tmp_path, lab=None, access={"user": "admin", "privateKey": "key"})

    with pytest.raises(InputError) as caught:
        layout(folder)

    assert [problem.field for problem in caught.value.problems] == ["spec.lab", "spec.access.user"]
    assert caught.value.problems[0].file == str(tmp_path / "site.yaml")
