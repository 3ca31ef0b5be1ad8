import logging
import socket
import threading

import pytest

from mecctl.errors import InputError, UnreachableError
from mecctl.model import Access, Node
from mecctl.nodes.ssh import Connection, check_key
from mecctl.process import run


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
