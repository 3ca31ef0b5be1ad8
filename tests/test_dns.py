"""One question to one name server: cut short, garbled, silent."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import dns.flags
import dns.message
import dns.rrset
import pytest

from mecctl.dns import NO_ERROR, NO_SUCH_NAME, SRV, Answer, ask

HERE, NAME = "127.0.0.1", "cache.embb.mec.lab"


def answer(wire: bytes, *records: str, cut: bool = False) -> bytes:
    said = dns.message.make_response(dns.message.from_wire(wire))
    for record in records:
        name, ttl, _, kind, data = record.split(" ", 4)
        said.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    said.flags |= dns.flags.TC if cut else 0
    return said.to_wire()


@contextmanager
def server(udp: Callable[[bytes], bytes], tcp: Callable[[bytes], bytes] | None = None) -> Iterator[int]:
    """Answer one question over UDP, then one over TCP if `tcp` is given; yields the port of both."""
    with ExitStack() as open_ones:
        stream = open_ones.enter_context(socket.create_server((HERE, 0)))
        packets = open_ones.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        packets.bind(stream.getsockname())

        def serve() -> None:
            wire, client = packets.recvfrom(512)
            packets.sendto(udp(wire), client)
            if tcp:
                link, _ = stream.accept()
                with link:
                    (length,) = struct.unpack("!H", link.recv(2))
                    said = tcp(link.recv(length))
                    link.sendall(struct.pack("!H", len(said)) + said)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield packets.getsockname()[1]
        thread.join(5)


def test_addresses_and_the_shortest_of_their_times():
    two = (f"{NAME}. 5 IN A 10.0.0.1", f"other.{NAME}. 3 IN A 10.0.0.2")
    with server(lambda wire: answer(wire, *two)) as port:
        assert ask(HERE, NAME, port=port) == Answer(NO_ERROR, ("10.0.0.1", "10.0.0.2"), 3)


def test_ports_and_their_targets():
    with server(lambda wire: answer(wire, f"_tcp-80._tcp.{NAME}. 1 IN SRV 0 0 30080 {NAME}.")) as port:
        assert ask(HERE, f"_tcp-80._tcp.{NAME}", SRV, port=port).records == ((30080, NAME),)


def test_an_answer_that_is_cut_short_is_asked_for_again_over_tcp():
    whole = f"{NAME}. 1 IN A 10.0.0.1"
    with server(lambda wire: answer(wire, cut=True), lambda wire: answer(wire, whole)) as port:
        assert ask(HERE, NAME, port=port).records == ("10.0.0.1",)


def test_what_is_no_answer():
    with server(lambda wire: wire[:2] + b"\xff" * 9) as port, pytest.raises(ValueError, match="isn't an answer"):
        ask(HERE, NAME, port=port)


def test_nobody_answers():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HERE, 0))
        with pytest.raises(TimeoutError, match="timed out"):
            ask(HERE, NAME, port=silent.getsockname()[1], timeout=0.05)


@pytest.mark.parametrize(
    ("code", "said"), [(NO_ERROR, "answered"), (NO_SUCH_NAME, "there is no such name"), (4, "error 4")]
)
def test_codes_in_words(code, said):
    assert Answer(code).said == said
