"""SSH to one node, host key always verified; the only module that knows paramiko."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

import paramiko

from mecctl.errors import InputError, MecctlError, Problem, UnreachableError
from mecctl.nodes.hostkeys import HostKey, HostKeyError, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mecctl.model import Access, Node
    from mecctl.sitefile import SiteFolder

CONNECT_TIMEOUT = 10.0
COMMAND_TIMEOUT = 30.0
KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512")
"""The algorithms of host keys that a node is asked for; RSA's keys are of the type ssh-rsa."""
logging.getLogger("paramiko").addHandler(logging.NullHandler())  # what it logs is also raised, and told from there


@dataclass(frozen=True)
class Answer:
    """What a command printed and ended with; `sent` and `received` are this machine's clock (Unix seconds)."""

    status: int
    stdout: str
    stderr: str
    sent: float
    received: float


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


def public_key(path: Path) -> HostKey:
    """Return the public half of the private key at `path`; raises InputError where there is none."""
    check_key(path)
    return _host_key(paramiko.PKey.from_path(path))


def connect(folder: SiteFolder, node: Node) -> Connection:
    """Log in to a node of a site, with the key and the host keys that its file names."""
    access = folder.site.spec.access
    key, known = folder.resolve(access.private_key), folder.resolve(access.known_hosts)
    return Connection(node, access, key, known, site=str(folder.path))


def offered(node: Node) -> tuple[HostKey, ...]:
    """Ask a node for its host keys, one of each type it has; nobody logs in. Raises UnreachableError.

    Each handshake proves that whoever answers holds that key, and nothing more.
    """
    found = [key for kind in KEY_TYPES if (key := _offered(node, kind))]
    if not found:
        raise _silent(node, paramiko.SSHException(f"it has no host key of the types {', '.join(KEY_TYPES)}"))
    return tuple(sorted(found))


def _offered(node: Node, kind: str) -> HostKey | None:
    try:
        link = socket.create_connection((str(node.address), node.port), CONNECT_TIMEOUT)
        with link, contextlib.closing(paramiko.Transport(link)) as transport:
            transport.get_security_options().key_types = (kind,)
            transport.start_client(timeout=CONNECT_TIMEOUT)
            return _host_key(transport.get_remote_server_key())
    except paramiko.ssh_exception.IncompatiblePeer:
        return None
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise _silent(node, error) from error


def _host_key(key: paramiko.PKey) -> HostKey:
    return HostKey(key.get_name(), key.get_base64())


class _AtFirstSight(paramiko.MissingHostKeyPolicy):
    """Hands the key of a node that isn't on record to `meet`, which raises where it isn't to be trusted."""

    def __init__(self, meet: Callable[[HostKey], None]) -> None:
        self._meet = meet

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        self._meet(_host_key(key))


class Connection:
    """An SSH session to `node`, as `access` says; use as a context manager.

    The host key is checked before anything else is sent: HostKeyError says which was offered and which is on record.
    `site` is how its errors name the site in the commands that they give.
    """

    def __init__(self, node: Node, access: Access, private_key: Path, known_hosts: Path, *, site: str = "SITE") -> None:
        self._node = node
        self._client = paramiko.SSHClient()
        self._trust = f"mecctl site trust {site} {node.name}"
        if known_hosts.exists():
            self._client.load_host_keys(str(known_hosts))
        meet = partial(self._unknown, known_hosts)
        if access.host_keys == "accept-new":
            meet = partial(self._accept, known_hosts)
        self._client.set_missing_host_key_policy(_AtFirstSight(meet))
        try:
            self._connect(access, private_key, known_hosts)
        except BaseException:
            self._client.close()
            raise

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
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise _silent(self._node, error) from error

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
            raise _silent(self._node, error) from error
        return Answer(status, text, trouble, sent, time.time())

    def _changed(self, error: paramiko.BadHostKeyException, known_hosts: Path) -> HostKeyError:
        old, new = _host_key(error.expected_key), _host_key(error.key)
        return HostKeyError(
            f"the host key is not the one on record in {known_hosts}",
            where=_place(self._node),
            why=f"on record {old}, offered {new}; nothing was sent",
            fix=f"find out who answers there; if the machine was set up anew: {self._trust}",
        )

    def _accept(self, known_hosts: Path, key: HostKey) -> None:
        record(known_hosts, self._node, [key])

    def _unknown(self, known_hosts: Path, key: HostKey) -> None:
        raise HostKeyError(
            f"its host key is not on record in {known_hosts}",
            where=_place(self._node),
            why=f"offered {key}; nothing was sent",
            fix=f"compare it with what the machine itself says (ssh-keygen -lf /etc/ssh/ssh_host_…_key.pub): "
            f"{self._trust}",
        )

    def _refused(self, access: Access, private_key: Path) -> MecctlError:
        return MecctlError(
            f"the login of {access.user} with {private_key} was refused",
            where=_place(self._node),
            fix=f"ssh-copy-id -i {private_key}.pub {access.user}@{self._node.address}",
        )


def _place(node: Node) -> str:
    return f"{node.name} ({node.address}:{node.port})"


def _silent(node: Node, error: Exception) -> UnreachableError:
    timed_out = isinstance(error, TimeoutError)
    why = f"no answer within {CONNECT_TIMEOUT:g} s" if timed_out else str(error) or type(error).__name__
    return UnreachableError("the node can't be reached by SSH", where=_place(node), why=why, fix="check that it is on")
