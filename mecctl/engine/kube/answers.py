"""What a server answers: whole, or as it comes."""

from __future__ import annotations

import http.client
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

# Everything that an exchange may fail with, for want of a server that answers properly.
FAILURES = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Response:
    """A whole answer; names in `headers` are found in capitals or not."""

    status: int
    reason: str
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the content parsed."""
        return json.loads(self.content)


class Stream:
    """An answer that is read as it comes; close it."""

    def __init__(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self._socket, self._connection, self._answer = connection.sock, connection, answer

    @property
    def socket(self) -> socket.socket:
        """What it comes through."""
        return self._socket

    def whole(self) -> Response:
        """Read the rest. Raises one of FAILURES."""
        return read(self._answer)

    def lines(self) -> Iterator[bytes]:
        """Yield lines until the stream ends; one that breaks just ends, after its last whole line."""
        with suppress(*FAILURES):
            for line in self._answer:
                if line.endswith(b"\n"):
                    yield line

    def close(self) -> None:
        """Close it and its connection."""
        self._answer.close()
        self._connection.close()


def read(answer: http.client.HTTPResponse) -> Response:
    """Read a whole answer. Raises one of FAILURES."""
    return Response(answer.status, answer.reason, answer.headers, answer.read())
