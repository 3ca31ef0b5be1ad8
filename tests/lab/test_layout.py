import pytest

from mecctl.errors import InputError
from mecctl.lab.layout import host_arch, layout
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


@pytest.mark.parametrize(("driver", "kind"), [("podman", "a container"), ("vagrant", "a virtual node")])
def test_another_architecture_is_refused(tmp_path, driver, kind):
    other = {"amd64": "arm64", "arm64": "amd64"}[host_arch()]

    with pytest.raises(InputError, match=f"{kind} can't be {other} on this machine"):
        layout(site_folder(tmp_path, (NODES[0], {**NODES[1], "arch": other}), lab={"driver": driver}))


def test_a_site_of_real_machines_and_another_user_are_told_at_once(tmp_path):
    folder = site_folder(tmp_path, lab=None, access={"user": "admin", "privateKey": "key"})

    with pytest.raises(InputError) as caught:
        layout(folder)

    assert [problem.field for problem in caught.value.problems] == ["spec.lab", "spec.access.user"]
    assert caught.value.problems[0].file == str(tmp_path / "site.yaml")
