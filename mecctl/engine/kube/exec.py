"""Runs a program in a container over a WebSocket, by the protocol v5.channel.k8s.io.

Each message is a byte that names its channel, then data: 0 stdin, 1 stdout, 2 stderr, 3 how it ended (a Status), 4 the
terminal's size; 255 closes a channel, which before v5 nothing could say of stdin
(kubernetes/apimachinery pkg/util/httpstream, kubernetes/client-go tools/remotecommand/websocket.go).
"""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from mecctl.engine.kube.answers import Response
from mecctl.engine.kube.errors import from_response
from mecctl.engine.kube.tlssocket import OneAtATime
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from websockets.sync.client import ClientConnection

    from mecctl.engine.kube.transport import Transport

STDOUT, STDERR = 1, 2
_STDIN, _ENDED, _SIZE, _CLOSE = 0, 3, 4, 255
_PROTOCOL = "v5.channel.k8s.io"
_LARGEST = 2**20  # bytes of one message


class Session:
    """A program that runs in a container."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._code: int | None = None

    def output(self) -> Iterator[tuple[int, bytes]]:
        """Yield (STDOUT or STDERR, data) until it has ended. Raises MecctlError when it could not be run."""
        for message in self._socket:
            if not isinstance(message, bytes) or not message:
                continue
            channel, data = message[0], message[1:]
            if channel == _ENDED:
                self._code = _exit_code(json.loads(data))
            elif channel in (STDOUT, STDERR) and data:
                yield channel, data

    @property
    def code(self) -> int:
        """The program's exit code. Raises MecctlError when the connection broke before it was told."""
        if self._code is None:
            raise MecctlError("the connection ended before the program did", fix="run the same command again")
        return self._code

    def write(self, data: bytes) -> None:
        """Give the program something to read; it is nobody's fault if it has ended meanwhile."""
        self._send(bytes([_STDIN]) + data)

    def end_input(self) -> None:
        """Say that there is nothing more to read."""
        self._send(bytes([_CLOSE, _STDIN]))

    def resize(self, columns: int, rows: int) -> None:
        """Say how big the terminal is."""
        self._send(bytes([_SIZE]) + json.dumps({"Width": columns, "Height": rows}).encode())

    def _send(self, message: bytes) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 - only who runs a program needs it

        try:
            self._socket.send(message)
        except ConnectionClosed:
            return


@contextmanager
def session(
    transport: Transport, namespace: str, pod: str, container: str, command: Sequence[str], *, tty: bool, timeout: float
) -> Iterator[Session]:
    """Start a program and give its session, stdin and all; without a command that of the program that runs already.

    `timeout` is in seconds for the server to take it.

    Raises KubeError when the API server refuses, UnreachableError when it can't be reached.
    """
    from websockets.exceptions import InvalidHandshake, InvalidStatus  # noqa: PLC0415
    from websockets.sync.client import connect  # noqa: PLC0415

    to, what = transport.connection, "exec" if command else "attach"
    flags = {"container": container, "stdin": "true", "stdout": "true", "stderr": str(not tty).lower()}
    query = urlencode([*flags.items(), ("tty", str(tty).lower()), *(("command", word) for word in command)])
    server = urlsplit(to.server)
    path = f"{server.path}/api/v1/namespaces/{namespace}/pods/{pod}/{what}"
    scheme = "wss" if server.scheme == "https" else "ws"
    try:
        socket = connect(
            f"{scheme}://{server.netloc}{path}?{query}",
            ssl=OneAtATime(to.verify) if scheme == "wss" and not isinstance(to.verify, bool) else None,  # type: ignore[arg-type]
            subprotocols=[_PROTOCOL],  # type: ignore[list-item] # a name is all that a Subprotocol is
            additional_headers=dict(to.headers),
            proxy=to.proxy,
            compression=None,
            open_timeout=timeout,
            max_size=_LARGEST,
        )
    except InvalidStatus as error:
        said = error.response
        answer = Response(said.status_code, said.reason_phrase, http.client.HTTPMessage(), bytes(said.body or b""))
        raise from_response(answer, f"{what} in {pod}") from error
    except (InvalidHandshake, OSError) as error:
        raise transport.unreachable(error) from error
    with socket:
        yield Session(socket)


def _exit_code(status: dict[str, Any]) -> int:
    """Read the Status that an exec ends with; raises MecctlError when no program came to run."""
    if status.get("status") == "Success":
        return 0
    causes = (status.get("details") or {}).get("causes") or ()
    code = next((cause["message"] for cause in causes if cause.get("reason") == "ExitCode"), "")
    if code.isdigit():
        return int(code)
    raise MecctlError("the program can't be run", why=str(status.get("message") or status.get("reason")))
