import threading

import pytest

from mecctl.model import Node
from mecctl.nodes.hostkeys import HostKey, record, recorded
from mecctl.process import run

NODE = Node(name="a", address="10.0.0.1", roles=("server",))
OTHER_PORT = Node(name="b", address="10.0.0.1", port=2222, roles=("agent",))
OLD, NEW = HostKey("ssh-ed25519", "QUFBQQ=="), HostKey("ssh-ed25519", "QkJCQg==")
LINES = """\
# written by hand
@cert-authority *.example ssh-ed25519 QUFBQQ==

[10.0.0.1]:2222 ssh-ed25519 QUFBQQ==
10.0.0.10 ssh-ed25519 QUFBQQ== a comment
not a line
"""


@pytest.fixture
def known(tmp_path):
    return tmp_path / "deep" / "known_hosts"


def test_a_first_record_makes_a_file_that_only_its_owner_reads(known):
    record(known, NODE, [NEW])

    assert known.read_text() == "10.0.0.1 ssh-ed25519 QkJCQg==\n"
    assert known.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in known.parent.iterdir()] == ["known_hosts"]


def test_only_the_nodes_own_lines_are_replaced(known):
    known.parent.mkdir()
    known.write_text(f"{LINES}10.0.0.1 ssh-ed25519 QUFBQQ==\n10.0.0.1,edge.example ssh-rsa Q0NDQw== x\n")
    known.chmod(0o644)

    assert recorded(known, NODE) == (OLD, HostKey("ssh-rsa", "Q0NDQw=="))
    record(known, NODE, [NEW])

    assert known.read_text() == f"{LINES}edge.example ssh-rsa Q0NDQw== x\n10.0.0.1 ssh-ed25519 QkJCQg==\n"
    assert known.stat().st_mode & 0o777 == 0o644
    assert recorded(known, NODE) == (NEW,)
    assert recorded(known, OTHER_PORT) == (OLD,)


def test_names_that_were_hashed_are_found(known, tmp_path):
    known.parent.mkdir()
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"])
    body = (tmp_path / "key.pub").read_text().split()[1]
    known.write_text(f"10.0.0.1 ssh-ed25519 {body}\n10.0.0.2 ssh-ed25519 {body}\n|1|damaged|x ssh-ed25519 {body}\n")
    run(["ssh-keygen", "-q", "-H", "-f", known])

    assert recorded(known, NODE) == (HostKey("ssh-ed25519", body),)
    record(known, NODE, [NEW])
    assert recorded(known, NODE) == (NEW,)
    assert len(known.read_text().splitlines()) == 3


def test_nodes_recorded_at_once_are_all_kept(known):
    nodes = [Node(name=f"n{i}", address=f"10.0.1.{i}", roles=("agent",)) for i in range(1, 21)]
    threads = [threading.Thread(target=record, args=(known, node, [NEW])) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [recorded(known, node) for node in nodes] == [(NEW,)] * len(nodes)


def test_nothing_is_on_record_where_there_is_no_file(known):
    assert recorded(known, NODE) == ()
