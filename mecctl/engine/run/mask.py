"""Keeps secrets out of what people get to read."""

from __future__ import annotations

import base64
import json
import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from mecctl.engine.objects.values import texts
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.objects.values import Properties

_SHORTEST = 4  # characters; shorter secrets would blacken innocent text


class Mask:
    """Hides every secret text it was shown, in all the ways it may be written, in what people get to read."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()
        self._lock = threading.Lock()

    def learn(self, properties: Properties) -> None:
        """Remember the secrets in properties."""
        found = {text for text in texts(properties) if len(text) >= _SHORTEST}
        found |= {line for text in found for line in text.splitlines() if len(line) >= 8}
        with self._lock:
            self._hidden |= {form for text in found if text not in self._hidden for form in _forms(text)}

    def text(self, said: str) -> str:
        """Return a text without secrets."""
        # A pattern of them all would have to be made anew with each that is learnt, and most texts have none.
        with self._lock:
            found = [one for one in self._hidden if one in said]
        pattern = "|".join(re.escape(one) for one in sorted(found, key=len, reverse=True))
        return re.sub(pattern, "[secret]", said) if found else said

    def error(self, error: MecctlError) -> MecctlError:
        """Return an error without secrets, of the kind that decides about the exit code."""
        kind = UnreachableError if isinstance(error, UnreachableError) else MecctlError
        told = {name: self.text(value) if (value := getattr(error, name)) else None for name in ("where", "why", "fix")}
        return kind(self.text(error.what), **told)


def _forms(text: str) -> Iterator[str]:
    """Yield the ways in which programs and servers write a text: as it is, escaped, and coded."""
    content = text.encode()
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]
    yield quote(text, safe="")
    yield quote_plus(text)
    yield content.hex()
    yield content.hex().upper()
    for coded in (base64.b64encode(content).decode(), base64.urlsafe_b64encode(content).decode()):
        yield coded
        yield coded.rstrip("=")
