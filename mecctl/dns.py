"""Asks one name server one question (RFC 1035): over UDP, and once more over TCP where the answer is cut short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rdtypes.IN.A
import dns.rdtypes.IN.SRV

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dns.rdata import Rdata

A, SRV = int(dns.rdatatype.A), int(dns.rdatatype.SRV)
NO_ERROR, SERVER_FAILURE = int(dns.rcode.NOERROR), int(dns.rcode.SERVFAIL)
NO_SUCH_NAME, REFUSED = int(dns.rcode.NXDOMAIN), int(dns.rcode.REFUSED)
_CODES = {SERVER_FAILURE: "the server failed", NO_SUCH_NAME: "there is no such name", REFUSED: "refused"}


@dataclass(frozen=True)
class Answer:
    """A server's answer: its code, and the records of the type that was asked for.

    A record is an IPv4 address (A), or a port and a target (SRV); `ttl` is the shortest of theirs in seconds.
    """

    code: int
    records: tuple[str | tuple[int, str], ...] = ()
    ttl: int = 0

    @property
    def said(self) -> str:
        """The code in words."""
        return _CODES.get(self.code, "answered" if self.code == NO_ERROR else f"error {self.code}")


def ask(
    server: str, name: str, kind: int = A, *, port: int = 53, source: str = "", timeout: float = 1.0, tcp: bool = False
) -> Answer:
    """Ask `server` for the records of a name, from the address `source` if given, within `timeout` seconds.

    With `tcp` over TCP alone. Raises OSError (TimeoutError too) when nothing comes back, ValueError when what comes
    isn't an answer.
    """
    question = dns.message.make_query(name, dns.rdatatype.RdataType(kind))
    try:
        if tcp:
            said = dns.query.tcp(question, server, timeout, port, source or None)
        else:
            said, _ = dns.query.udp_with_fallback(question, server, timeout, port, source or None)
    except dns.exception.Timeout as error:
        raise TimeoutError(f"timed out after {timeout:g} s") from error
    except (dns.exception.DNSException, EOFError) as error:
        raise ValueError(f"what {server} sent isn't an answer") from error
    found = [rows for rows in said.answer if rows.rdtype == kind]
    records = tuple(record for rows in found for one in rows for record in _read(one))
    return Answer(int(said.rcode()), records, min((rows.ttl for rows in found), default=0))


def _read(one: Rdata) -> Iterator[str | tuple[int, str]]:
    if isinstance(one, dns.rdtypes.IN.A.A):
        yield one.address
    elif isinstance(one, dns.rdtypes.IN.SRV.SRV):
        yield one.port, one.target.to_text(omit_final_dot=True)
