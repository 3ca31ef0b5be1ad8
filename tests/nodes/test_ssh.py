import logging
import shlex
import socket
import threading

import pytest

from mecctl.errors import InputError, UnreachableError
from mecctl.model import Access, Node
from mecctl.nodes.hostkeys import HostKeyError, record, recorded
from mecctl.nodes.runner import SSH
from mecctl.nodes.ssh import Connection, check_key, offered
from mecctl.process import run
from tests.support.sshd import Sshd, make_key


@pytest.fixture
def key(tmp_path):
    def make(*options):
        path = tmp_path / "key"
        run(["ssh-keygen", "-q", "-f", str(path), *options])
        return path

    return make


@pytest.mark.parametrize("form", [("-t", "ed25519"), ("-t", "ecdsa"), ("-t", "rsa", "-m", "PEM")])
def test_keys_of_every_form_open(key, form):
    check_key(key("-N", "", *form))


@pytest.mark.parametrize("form", [("-t", "ed25519"), ("-t", "rsa", "-m", "PEM")])
def test_a_locked_key_is_told(key, form):
    with pytest.raises(InputError, match=r"access.privateKey: is locked with a passphrase"):
        check_key(key("-N", "a secret", *form))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: None, "there is no such private key"),
        (lambda path: path.write_text("ssh-ed25519 AAAA"), "isn't a private key"),
        (lambda path: path.write_text(""), "isn't a private key"),
        (lambda path: path.mkdir(), "can't be read: Is a directory"),
    ],
)
def test_what_is_no_key_is_told(tmp_path, make, said):
    path = tmp_path / "key"
    make(path)
    with pytest.raises(InputError, match=said) as wrong:
        check_key(path)
    assert str(path) in str(wrong.value)


def test_a_peer_that_speaks_no_ssh_is_told_without_what_paramiko_logs(tmp_path, key):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        node = Node(name="a", address="127.0.0.1", port=server.getsockname()[1], roles=("server",))
        path = key("-N", "", "-t", "ed25519")
        with pytest.raises(UnreachableError, match="can't be reached by SSH"):
            Connection(node, Access(private_key=str(path)), path, tmp_path / "known")
    # Python prints what a logger without any handler says.
    assert [type(one) for one in logging.getLogger("paramiko").handlers] == [logging.NullHandler]


@pytest.fixture
def server():
    with Sshd() as made:
        yield made


def connect(server, key, known, host_keys="strict"):
    path = key("-N", "", "-t", "ed25519")
    return Connection(server.node, Access(private_key=str(path), host_keys=host_keys), path, known, site="street")


def test_a_node_with_the_key_on_record_is_logged_in_to(server, tmp_path, key):
    record(tmp_path / "known", server.node, offered(server.node))

    with connect(server, key, tmp_path / "known") as connection:
        assert connection.run("echo").stdout == "echo\n"
    assert server.attempts == ["publickey"]


def test_a_changed_host_key_is_told_and_nothing_is_sent(server, tmp_path, key):
    (old,) = offered(server.node)
    record(tmp_path / "known", server.node, [old])
    server.keys = [make_key("ed25519")]
    (new,) = offered(server.node)

    for host_keys in ("strict", "accept-new"):
        with pytest.raises(HostKeyError) as refused:
            connect(server, key, tmp_path / "known", host_keys)
        (tmp_path / "key").unlink()
        said = str(refused.value)
        assert f"on record {old.fingerprint} (ssh-ed25519), offered {new.fingerprint} (ssh-ed25519)" in said
        assert "mecctl site trust street edge-1" in said
        assert refused.value.exit_code == 1
    assert recorded(tmp_path / "known", server.node) == (old,)
    assert server.attempts == []
    assert server.asked_for == []


def test_a_key_of_another_type_is_a_changed_one(server, tmp_path, key):
    (old,) = offered(server.node)
    record(tmp_path / "known", server.node, [old])
    server.keys = [make_key("rsa")]

    with pytest.raises(HostKeyError, match=r"on record SHA256:\S+ \(ssh-ed25519\), offered SHA256:\S+ \(ssh-rsa\)"):
        connect(server, key, tmp_path / "known")
    assert server.attempts == []


def test_an_unknown_host_key_is_refused_with_what_was_offered(server, tmp_path, key):
    (new,) = offered(server.node)

    with pytest.raises(HostKeyError, match="not on record") as refused:
        connect(server, key, tmp_path / "known")
    assert new.fingerprint in str(refused.value)
    assert not (tmp_path / "known").exists()
    assert server.attempts == []


def test_trust_at_first_sight_records_what_is_seen_and_keeps_other_lines(server, tmp_path, key):
    (tmp_path / "known").write_text("# mine\nother.example ssh-ed25519 AAAA\n")

    connect(server, key, tmp_path / "known", "accept-new").__exit__()
    assert recorded(tmp_path / "known", server.node) == offered(server.node)
    assert (tmp_path / "known").read_text().startswith("# mine\nother.example ssh-ed25519 AAAA\n")


def test_ansibles_ssh_refuses_a_changed_key_too(server, tmp_path, key):
    record(tmp_path / "known", server.node, offered(server.node))
    server.keys = [make_key("ed25519")]
    words = shlex.split(SSH.format(known_hosts=tmp_path / "known").replace("ControlMaster=auto", "ControlMaster=no"))

    ended = run(
        ["ssh", *words, "-i", key("-N", "", "-t", "ed25519"), "-p", str(server.node.port), "root@127.0.0.1", "true"],
        check=False,
        timeout=20,
    )
    assert "Host key verification failed" in ended.stderr
    assert server.attempts == []
    assert server.asked_for == []


def test_every_type_of_key_that_a_node_has_is_seen(server):
    server.keys = [make_key("ed25519"), make_key("ecdsa"), make_key("rsa")]

    assert [key.type for key in offered(server.node)] == ["ecdsa-sha2-nistp256", "ssh-ed25519", "ssh-rsa"]
    assert server.attempts == []


def test_a_fingerprint_is_the_one_that_ssh_keygen_prints(server, tmp_path):
    (key,) = offered(server.node)
    (tmp_path / "public").write_text(f"{key.type} {key.body}\n")

    assert run(["ssh-keygen", "-lf", tmp_path / "public"]).stdout.split()[1] == key.fingerprint
