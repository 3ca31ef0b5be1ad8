"""An SSH server on loopback that says what came to it: handshakes, services asked for, attempts to log in."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from mecctl.model import Node

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def make_key(kind: str = "ed25519") -> paramiko.PKey:
    """Return a new host key."""
    made: Any = {
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
    }[kind]()
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    classes: Any = {"ed25519": paramiko.Ed25519Key, "ecdsa": paramiko.ECDSAKey, "rsa": paramiko.RSAKey}
    key: paramiko.PKey = classes[kind].from_private_key(io.StringIO(pem))
    return key


class _Session(paramiko.ServerInterface):  # the names of arguments are paramiko's
    def __init__(self, server: Sshd) -> None:
        self.server = server

    def get_allowed_auths(self, username: str) -> str:
        self.server.asked_for.append(username)
        return "publickey,password"

    def check_auth_none(self, username: str) -> int:
        return self._attempt("none", accepted=False)

    def check_auth_password(self, username: str, password: str) -> int:
        return self._attempt("password", accepted=False)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        home = self.server.home
        accepted = home is None or key.get_base64() in (home / ".ssh" / "authorized_keys").read_text()
        return self._attempt("publickey", accepted=accepted)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        def answer() -> None:
            status, out, err = self.server.execute(command.decode(), channel.makefile("rb").read())
            channel.sendall(out)
            channel.sendall_stderr(err)
            channel.send_exit_status(status)
            channel.close()

        threading.Thread(target=answer, daemon=True).start()
        return True

    def _attempt(self, kind: str, *, accepted: bool) -> int:
        self.server.attempts.append(kind)
        return paramiko.common.AUTH_SUCCESSFUL if accepted else paramiko.common.AUTH_FAILED


class Sshd:
    """Answers on a free port of `address` with the host keys in `keys`, which may be swapped at any time.

    `attempts` lists the ways in which somebody tried to log in, `asked_for` the users named. Any command prints itself;
    with a `home`, it is run there, and the keys in its .ssh/authorized_keys are let in.
    """

    def __init__(
        self,
        keys: Sequence[paramiko.PKey] = (),
        name: str = "edge-1",
        address: str = "127.0.0.1",
        home: Path | None = None,
    ) -> None:
        self.home = home
        self.keys = list(keys) or [make_key()]
        self.attempts: list[str] = []
        self.asked_for: list[str] = []
        self._listener = socket.create_server((address, 0))
        self._transports: list[paramiko.Transport] = []
        port = self._listener.getsockname()[1]
        self.node = Node(name=name, address=address, port=port, roles=("server",))

    def __enter__(self) -> Sshd:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._listener.fileno() < 0:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for transport in self._transports:
            transport.close()

    def execute(self, command: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        """Return the status and output of a command."""
        if self.home is None:
            return 0, f"{command}\n".encode(), b""
        environment = {"HOME": str(self.home), "PATH": os.defpath}
        ended = subprocess.run(["sh", "-c", command], input=stdin, env=environment, capture_output=True, check=False)
        return ended.returncode, ended.stdout, ended.stderr

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:  # closed
                return
            transport = paramiko.Transport(link)
            self._transports.append(transport)
            for key in self.keys:
                transport.add_server_key(key)
            transport.start_server(event=threading.Event(), server=_Session(self))
