import tarfile

import pytest

from mecctl.lab.layout import layout
from mecctl.lab.vms import seed
from tests.lab.sites import site_folder


@pytest.fixture
def made(tmp_path):
    folder = site_folder(tmp_path)
    path = tmp_path / "seeds/edge-1.tar"
    return path, seed.make(path, folder.site.nodes[0], layout(folder), "02:00:00:00:00:01", "ssh-ed25519 AAAA me")


def texts(path):
    with tarfile.open(path) as tar:
        files = {one.name: tar.extractfile(one) for one in tar if one.isfile()}
        return {name: file.read().decode() for name, file in files.items() if file}


def test_a_seed_names_the_node_and_puts_its_address_on_its_card(made):
    found = texts(made[0])

    assert found["etc/hostname"] == "edge-1\n"
    assert "MACAddress=02:00:00:00:00:01" in found["etc/systemd/network/10-lab.network"]
    assert "Address=10.78.1.11/24\nGateway=10.78.1.1\n" in found["etc/systemd/network/10-lab.network"]
    assert found["root/.ssh/authorized_keys"] == "ssh-ed25519 AAAA me\n"


def test_the_host_key_of_a_seed_is_found_again(made):
    path, key = made

    assert key.startswith("ssh-ed25519 ")
    assert seed.host_key(path) == key
    assert seed.host_key(path.with_name("edge-2.tar")) is None


def test_private_keys_are_for_root_alone(made):
    path, _ = made

    with tarfile.open(path) as tar:
        assert tar.getmember("etc/ssh/ssh_host_ed25519_key").mode == 0o600
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_seed_is_whole_sectors_for_the_disk_that_it_is(made):
    assert made[0].stat().st_size % 512 == 0
