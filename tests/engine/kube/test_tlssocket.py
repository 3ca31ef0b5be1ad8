"""Reading in one thread while another writes, over real TLS."""

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mecctl.engine.kube.tlssocket import OneAtATime

BIG = bytes(range(256)) * 2**14  # 4 MiB: more than any buffer on the way holds


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    """A server's context and a client's."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("here")]), critical=False)
    pem = serialization.Encoding.PEM
    (folder / "cert").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert", folder / "key")
    return server, ssl.create_default_context(cafile=str(folder / "cert"))


@pytest.fixture
def link(contexts):
    """Our end of a connection, and the other one."""
    server, client = contexts
    ours, theirs = socket.socketpair()
    ends: list[ssl.SSLSocket] = []
    thread = threading.Thread(target=lambda: ends.append(server.wrap_socket(theirs, server_side=True)))
    thread.start()
    wrapped = OneAtATime(client).wrap_socket(ours, server_hostname="here")
    thread.join(5)
    yield wrapped, ends[0]
    wrapped.close()
    ends[0].close()


def test_what_is_written_leaves_while_a_read_waits(link):
    ours, theirs = link
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(ours.recv(100)))
    reader.start()
    for number in range(200):
        ours.sendall(f"{number:04}".encode())
    assert b"".join(iter(lambda: theirs.recv(4), b"0199"))[:4] == b"0000"
    theirs.sendall(b"answer")
    reader.join(5)

    assert heard == [b"answer"]


def test_both_ways_at_once_when_buffers_are_full(link):
    ours, theirs = link
    got: dict[str, bytes] = {}

    def read(name: str, end: object) -> None:
        found = bytearray()
        while len(found) < len(BIG):
            found += end.recv(2**16)  # type: ignore[attr-defined]
        got[name] = bytes(found)

    def echo() -> None:
        read("theirs", theirs)
        theirs.sendall(BIG)

    threads = [threading.Thread(target=read, args=("ours", ours)), threading.Thread(target=echo)]
    for thread in threads:
        thread.start()
    ours.sendall(BIG)
    for thread in threads:
        thread.join(20)

    assert got == {"ours": BIG, "theirs": BIG}
