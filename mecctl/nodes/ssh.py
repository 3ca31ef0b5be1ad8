"""SSH to one node, host key always verified; the only module that knows paramiko."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import paramiko

from mecctl.errors import InputError, MecctlError, Problem, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.model import Access, Node

CONNECT_TIMEOUT = 10.0
COMMAND_TIMEOUT = 30.0
logging.getLogger("paramiko").addHandler(logging.NullHandler())  # what it logs is also raised, and told from there


@dataclass(frozen=True)
class Answer:
    """What a command printed and ended with; `sent` and `received` are this machine's clock (Unix seconds)."""

    status: int
    stdout: str
    stderr: str
    sent: float
    received: float


class HostKeyError(MecctlError):
    """The node's host key is unknown, or not the one on record."""


def check_key(path: Path) -> None:
    """Raise InputError unless `path` is a private key that opens without a passphrase."""
    try:
        paramiko.PKey.from_path(path)
    except FileNotFoundError:
        wrong = "there is no such private key", "the file of one; a lab's is made by `mecctl lab up`"
    except OSError as error:
        wrong = f"can't be read: {error.strerror}", "a private key's file"
    except TypeError:
        wrong = "is locked with a passphrase", "a key without one: there is nobody to type it"
    except (ValueError, paramiko.SSHException):
        wrong = "isn't a private key", "one as ssh-keygen makes it"
    else:
        return
    raise InputError([Problem(str(path), None, "access.privateKey", *wrong)])


class Connection:
    """An SSH session to `node`, as `access` says; use as a context manager."""

    def __init__(self, node: Node, access: Access, private_key: Path, known_hosts: Path) -> None:
        self._node = node
        self._client = paramiko.SSHClient()
        self._where = f"{node.name} ({node.address}:{node.port})"
        if access.host_keys == "accept-new":
            known_hosts.touch(mode=0o600)  # paramiko records a new key only in a file that it has read
        if known_hosts.exists():
            self._client.load_host_keys(str(known_hosts))
        accept = paramiko.AutoAddPolicy() if access.host_keys == "accept-new" else paramiko.RejectPolicy()
        self._client.set_missing_host_key_policy(accept)
        self._connect(access, private_key, known_hosts)

    def _connect(self, access: Access, private_key: Path, known_hosts: Path) -> None:
        try:
            self._client.connect(
                str(self._node.address),
                port=self._node.port,
                username=access.user,
                key_filename=str(private_key),
                look_for_keys=False,
                allow_agent=False,
                timeout=CONNECT_TIMEOUT,
                banner_timeout=CONNECT_TIMEOUT,
                auth_timeout=CONNECT_TIMEOUT,
            )
        except paramiko.BadHostKeyException as error:
            raise self._changed(error, known_hosts) from error
        except paramiko.AuthenticationException as error:
            raise self._refused(access, private_key) from error
        except paramiko.SSHException as error:
            if "not found in known_hosts" in str(error):
                raise self._unknown(known_hosts) from error
            raise self._silent(error) from error
        except (OSError, EOFError) as error:
            raise self._silent(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, command: str, stdin: str = "", patience: float = COMMAND_TIMEOUT) -> Answer:
        """Run `command` with `stdin` and return its answer; raises UnreachableError when the link breaks or hangs.

        `patience` is how many seconds the node may say nothing.
        """
        sent = time.time()
        try:
            sending, out, err = self._client.exec_command(command, timeout=patience)
            # A command that ends without reading closes the pipe first; its status says why.
            with contextlib.suppress(OSError):
                sending.write(stdin)
                sending.channel.shutdown_write()
            text, trouble = out.read().decode(errors="replace"), err.read().decode(errors="replace")
            status = out.channel.recv_exit_status()
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._silent(error) from error
        return Answer(status, text, trouble, sent, time.time())

    def _changed(self, error: paramiko.BadHostKeyException, known_hosts: Path) -> HostKeyError:
        return HostKeyError(
            f"the host key is not the one on record in {known_hosts}",
            where=self._where,
            why=f"on record {error.expected_key.fingerprint}, offered {error.key.fingerprint}; nothing was sent",
            fix="find out who answers there; if the machine was set up anew, "
            f"ssh-keygen -f {known_hosts} -R {self._node.address} and record the new key",
        )

    def _unknown(self, known_hosts: Path) -> HostKeyError:
        return HostKeyError(
            f"its host key is not on record in {known_hosts}",
            where=self._where,
            fix=f"record it from a trusted place: ssh-keyscan -t ed25519 {self._node.address} >> {known_hosts}, "
            "or set access.hostKeys: accept-new to trust it at first sight",
        )

    def _refused(self, access: Access, private_key: Path) -> MecctlError:
        return MecctlError(
            f"the login of {access.user} with {private_key} was refused",
            where=self._where,
            fix=f"ssh-copy-id -i {private_key}.pub {access.user}@{self._node.address}",
        )

    def _silent(self, error: Exception) -> UnreachableError:
        timed_out = isinstance(error, TimeoutError)
        why = f"no answer within {CONNECT_TIMEOUT:g} s" if timed_out else str(error) or type(error).__name__
        return UnreachableError(
            "the node can't be reached by SSH", where=self._where, why=why, fix="check that it is on"
        )
