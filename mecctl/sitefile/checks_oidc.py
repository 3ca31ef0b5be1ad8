"""Checks of the identity provider, whose file of certificates an API server must be able to read to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.document import read_text
from mecctl.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mecctl.document import Document, Place
    from mecctl.errors import Problem

_KUBERNETES: Place = ("spec", "kubernetes")
_PLACE: Place = (*_KUBERNETES, "oidc", "caFile")
_FIX = "a file of certificates in PEM, relative to the site's folder"


def authority(document: Document, folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the file that `caFile` names, if it names one, and that nobody would read it."""
    if _at(document, (*_KUBERNETES, "oidc")) and _at(document, (*_KUBERNETES, "hardening")) == "none":
        what = "an identity provider needs the API server's own files, which come with its hardening"
        yield document.problem((*_KUBERNETES, "oidc"), what, "leave hardening: none out")
    name = _at(document, _PLACE)
    if not isinstance(name, str) or not name:
        return
    path = folder / name
    if not path.is_file():
        yield document.problem(_PLACE, f"there is no file {path}", _FIX)
        return
    try:
        text = read_text(path, str(path), _FIX)
    except InputError as error:
        yield from error.problems
        return
    if not _certificates(text):
        yield document.problem(_PLACE, f"{path} has no certificates that can be read", _FIX)


def _at(document: Document, place: Place) -> object:
    found: object = document.data
    for key in place:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _certificates(text: str) -> bool:
    from cryptography import x509  # noqa: PLC0415 - takes 50 ms, which only a site with such a file pays

    try:
        return bool(x509.load_pem_x509_certificates(text.encode()))
    except ValueError:
        return False
