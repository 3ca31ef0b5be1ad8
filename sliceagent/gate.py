"""Where the CNI plugin asks for a pod that is about to start, and waits for its rates to hold.

One request a connection, as a line of JSON: `{namespace, pod, devices}`; the answer is `{}` or `{error}`.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

from sliceagent.pods import Pod

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST, _PATIENCE = 1 << 16, 2.0


def listen(path: Path) -> socket.socket:
    """Return the listening socket, in the place of one that an agent before this one left; only root may connect."""
    path.unlink(missing_ok=True)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    opened.bind(str(path))
    path.chmod(0o600)
    opened.listen(512)
    return opened


def answer(listener: socket.socket, admit: Callable[[Pod], None]) -> None:
    """Take one connection and answer it; whoever asks in the wrong way gets an error and harms nobody."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(_PATIENCE)
        try:
            connection.sendall(_answer(_line(connection), admit))
        except OSError:
            return  # it has gone, and asks again


def _answer(line: bytes, admit: Callable[[Pod], None]) -> bytes:
    try:
        asked = json.loads(line)
        admit(Pod(asked["namespace"], asked["pod"], tuple(asked["devices"])))
    except (ValueError, KeyError, TypeError) as error:
        return _error(f"the request isn't one: {error!r}")
    except (LookupError, OSError) as error:
        return _error(str(error))
    return b"{}\n"


def _error(text: str) -> bytes:
    return json.dumps({"error": text}).encode() + b"\n"


def _line(connection: socket.socket) -> bytes:
    read = b""
    while not read.endswith(b"\n") and len(read) < _MOST and (more := connection.recv(_MOST)):
        read += more
    return read
