"""Checks for secrets that stand in the site file in the clear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mecctl.sitefile.view import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.document import Place

_INSTEAD = (
    "{fromSecret: NAME} with NAME in secrets.yaml (ansible-vault create secrets.yaml), "
    "{fromEnv: VARIABLE} or {fromFile: PATH}"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET = {"password", "passwd", "passphrase", "token", "secret", "key", "apikey", "credential", "credentials"}
# What such a name means then isn't the secret itself: where it is, what it is called, how long it lasts.
_ABOUT = {"file", "path", "dir", "url", "uri", "host", "port", "name", "id", "type", "ttl", "size", "length", "public"}


def clear(data: object) -> Iterator[Finding]:
    """Yield every value that is a private key, and every variable of a workload whose name says that it is secret."""
    for place, text in _texts(data, ()):
        if _PRIVATE_KEY.search(text):
            yield Finding(place, "a private key stands here in the clear", _INSTEAD)
        elif _is_variable(place) and text and names_a_secret(str(place[-1])):
            yield Finding(place, "by its name this is a secret, and it stands here in the clear", _INSTEAD)


def names_a_secret(name: str) -> bool:
    """Tell whether a variable's name says that its value is secret: DB_PASSWORD and apiKey do, TOKEN_URL doesn't."""
    words = {word.lower().removesuffix("s") for word in _WORDS.findall(name)}
    return bool(words & _SECRET) and not words & _ABOUT


def _is_variable(place: Place) -> bool:
    return len(place) == 5 and place[:2] == ("spec", "workloads") and place[3] == "env"


def _texts(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*place, index))
