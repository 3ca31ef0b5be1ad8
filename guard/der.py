"""As much of ASN.1's DER (X.690) as a certificate request (PKCS #10, RFC 2986) needs."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass

_COMMON_NAME, _ORGANIZATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
_EXTENSIONS, _ALTERNATIVE_NAMES = bytes.fromhex("2a864886f70d01090e"), bytes.fromhex("551d11")
_ATTRIBUTES, _DNS, _ADDRESS = 0xA0, 0x82, 0x87


@dataclass(frozen=True)
class Request:
    """Who asks for a certificate, and the names and addresses it is to be good for."""

    common_name: str
    organizations: tuple[str, ...]
    names: frozenset[str]
    addresses: frozenset[str]


def parse(pem: bytes) -> Request:
    """Read a request in PEM. Raises ValueError when it is none, or asks for names of another sort."""
    lines = [line for line in pem.decode().splitlines() if line and not line.startswith("-----")]
    try:
        ((_, whole),) = _parts(base64.b64decode("".join(lines), validate=True))
        _, subject, _, *rest = _parts(_parts(whole)[0][1])
        said = [_pair(attribute) for _, one in _parts(subject[1]) for _, attribute in _parts(one)]
        names = [name for tag, content in rest if tag == _ATTRIBUTES for name in _alternative_names(content)]
    except IndexError as error:
        raise ValueError("the certificate request ends too early") from error
    if strange := [tag for tag, _ in names if tag not in (_DNS, _ADDRESS)]:
        raise ValueError(f"the certificate request asks for a name of the sort {strange[0] & 0x1F}")
    return Request(
        next((text.decode() for oid, text in said if oid == _COMMON_NAME), ""),
        tuple(text.decode() for oid, text in said if oid == _ORGANIZATION),
        frozenset(text.decode() for tag, text in names if tag == _DNS),
        frozenset(str(ipaddress.ip_address(text)) for tag, text in names if tag == _ADDRESS),
    )


def _alternative_names(attributes: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    for oid, values in (_pair(content) for _, content in _parts(attributes)):
        if oid != _EXTENSIONS:
            continue
        for _, extension in _parts(_parts(values)[0][1]):
            parts = _parts(extension)
            if parts[0][1] == _ALTERNATIVE_NAMES:
                found += _parts(_parts(parts[-1][1])[0][1])
    return found


def _pair(content: bytes) -> tuple[bytes, bytes]:
    parts = _parts(content)
    return parts[0][1], parts[1][1]


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """The elements that stand one after the other, each its tag and its content."""
    found, place = [], 0
    while place < len(der):
        tag, size, start = der[place], der[place + 1], place + 2
        if size & 0x80:
            count = size & 0x7F
            size, start = int.from_bytes(der[start : start + count], "big"), start + count
        if start + size > len(der):
            raise ValueError("the certificate request ends too early")
        found.append((tag, der[start : start + size]))
        place = start + size
    return found
