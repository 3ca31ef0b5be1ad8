import subprocess

import pytest

from mecctl.errors import MecctlError
from mecctl.lab import keys
from tests.lab.sites import NODES, site_folder

ID = "0123abcd"


@pytest.fixture
def nodes(tmp_path):
    return site_folder(tmp_path, (NODES[0], {**NODES[1], "port": 2222})).site.nodes


def test_a_key_pair_is_made_readable_by_its_owner_only_and_kept(tmp_path):
    path = tmp_path / "keys/id_ed25519"

    public = keys.ensure_user_key(path, ID)

    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.ensure_user_key(path, ID) == public
    assert path.with_name("id_ed25519.pub").read_text().startswith(f"{public} mecctl-lab-{ID}@")


def test_openssh_reads_the_key(tmp_path):
    path = tmp_path / "id"
    public = keys.ensure_user_key(path, ID)

    told = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True).stdout

    assert told.split()[:2] == public.split()


def test_a_users_own_key_is_used_and_stays(tmp_path):
    path = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me", "-f", path], check=True)

    public = keys.ensure_user_key(path, ID)
    keys.remove_user_key(path, ID)

    assert path.with_name("id.pub").read_text().startswith(public)
    assert path.exists()


def test_a_key_with_a_passphrase_is_refused(tmp_path):
    path = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-a", "1", "-f", path], check=True)

    with pytest.raises(MecctlError, match="can't use this SSH key"):
        keys.ensure_user_key(path, ID)


def test_the_labs_own_key_is_removed(tmp_path):
    path = tmp_path / "id"
    keys.ensure_user_key(path, ID)

    keys.remove_user_key(path, ID)

    assert list(tmp_path.iterdir()) == []


def test_another_labs_key_stays(tmp_path):
    path = tmp_path / "id"
    keys.ensure_user_key(path, "ffffffff")

    keys.remove_user_key(path, ID)

    assert path.exists()


def test_host_keys_are_recorded_with_port_and_mark(tmp_path, nodes):
    path = tmp_path / "known_hosts"

    keys.record_hosts(path, ID, [(nodes[0], "ssh-ed25519 AAAA"), (nodes[1], "ssh-ed25519 BBBB")])

    assert path.read_text() == (
        f"10.78.1.11 ssh-ed25519 AAAA mecctl-lab-{ID}\n[10.78.1.12]:2222 ssh-ed25519 BBBB mecctl-lab-{ID}\n"
    )
    recorded = keys.recorded_hosts(path, ID)
    assert [keys.recorded_key(node, recorded) for node in nodes] == ["ssh-ed25519 AAAA", "ssh-ed25519 BBBB"]


def test_entries_of_others_stay_and_own_ones_are_replaced(tmp_path, nodes):
    path = tmp_path / "known_hosts"
    path.write_text("# mine\n192.0.2.7 ssh-ed25519 CCCC\n")
    keys.record_hosts(path, ID, [(nodes[0], "ssh-ed25519 AAAA")])

    keys.record_hosts(path, ID, [(nodes[0], "ssh-ed25519 DDDD")])
    replaced = path.read_text()
    keys.record_hosts(path, ID, [])

    assert replaced == f"# mine\n192.0.2.7 ssh-ed25519 CCCC\n10.78.1.11 ssh-ed25519 DDDD mecctl-lab-{ID}\n"
    assert path.read_text() == "# mine\n192.0.2.7 ssh-ed25519 CCCC\n"


def test_a_file_with_nothing_left_in_it_goes(tmp_path, nodes):
    path = tmp_path / "known_hosts"
    keys.record_hosts(path, ID, [(nodes[0], "ssh-ed25519 AAAA")])

    keys.record_hosts(path, ID, [])
    keys.record_hosts(path, ID, [])

    assert not path.exists()
    assert keys.recorded_hosts(path, ID) == {}
