"""Change the key that the API server encrypts Secrets with, so that at every moment it can read all of them.

The order is Kubernetes's own (https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/): the new key is added
second, made first, everything is written anew, the old one goes; before each step the API server has loaded the one
before. The file on the server is the record of how far a run came: keys are numbered, so their order says it all.
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from mecctl.errors import InputError, MecctlError, Problem
from mecctl.nodes.ssh import connect
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder

PATH = "/etc/kubernetes/mecctl/encryption.yaml"
_READ = "cat '{path}'\n"
# The text comes on stdin like the script, never on a command line; the API server reads the old file or the new one.
_WRITE = """set -eu
umask 077
cat > '{path}.mecctl' <<'END-OF-FILE'
{text}END-OF-FILE
sync '{path}.mecctl'
mv '{path}.mecctl' '{path}'
"""


class Api(Protocol):
    """What the change needs of the API server."""

    def wait_loaded(self, sha256: str) -> None:
        """Return once it works by the file whose content has this hash."""

    def rewrite(self, resources: Sequence[str]) -> int:
        """Write all objects of these resources anew, as they are; returns how many."""


def rotate(folder: SiteFolder, api: Api) -> tuple[Change, ...]:
    """Give the site another key, or finish what a run before began; returns what was changed.

    Raises InputError where this isn't built, MecctlError (UnreachableError) when the server or its API doesn't do it:
    whatever was encrypted can be read then, and the same command goes on.
    """
    server = _server(folder)
    config = _Config(_run(folder, server, _READ.format(path=PATH)))
    changes: list[Change] = []

    def write(what: str) -> None:
        _run(folder, server, _WRITE.format(path=PATH, text=config.text))
        changes.append(Change(f"{server.name}: {PATH}", "update", what))

    if config.settled:
        config.add()
        write(f"{config.newest} was added")
    if not config.promoted:
        api.wait_loaded(config.sha256)
        config.promote()
        write(f"{config.newest} encrypts from now on")
    api.wait_loaded(config.sha256)
    count = api.rewrite(config.resources)
    config.drop()
    write(f"{count} objects are encrypted with {config.newest} now, the keys before it are gone")
    api.wait_loaded(config.sha256)
    return tuple(changes)


def _server(folder: SiteFolder) -> Node:
    site = folder.site
    if site.kubernetes.distribution != "kubeadm" or len(site.servers) != 1:
        what = "changing the encryption key is built for kubeadm with one server"
        allowed = "under K3s, on a server: k3s secrets-encrypt rotate-keys"
        raise InputError([Problem(str(folder.path), None, "spec.kubernetes.distribution", what, allowed)])
    return site.servers[0]


def _run(folder: SiteFolder, server: Node, script: str) -> str:
    with connect(folder, server) as connection:
        answer = connection.run(folder.site.spec.access.as_root("sh -s"), script)
    if answer.status:
        raise MecctlError(
            "its encryption configuration can't be read or written",
            where=f"{server.name}: {PATH}",
            why=answer.stderr.strip() or None,
            fix="only a site with hardening: cis has one; mecctl site up makes it",
        )
    return answer.stdout


class _Config:
    """An EncryptionConfiguration whose `secretbox` keys are called key1, key2, …; the first one encrypts."""

    def __init__(self, text: str) -> None:
        self._comment = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
        self._data: dict[str, Any] = yaml.safe_load(text)
        self._lists: list[list[dict[str, str]]] = [
            provider["secretbox"]["keys"]
            for block in self._data["resources"]
            for provider in block["providers"]
            if "secretbox" in provider
        ]
        if not self._lists or not all(self._lists):
            raise MecctlError("the encryption configuration has no secretbox key to change", where=PATH)

    @property
    def text(self) -> str:
        return self._comment + yaml.safe_dump(self._data, sort_keys=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def resources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for block in self._data["resources"] for name in block["resources"]))

    @property
    def newest(self) -> str:
        return max(self._lists[0], key=_number)["name"]

    @property
    def settled(self) -> bool:
        return all(len(keys) == 1 for keys in self._lists)

    @property
    def promoted(self) -> bool:
        return all(keys[0]["name"] == self.newest for keys in self._lists)

    def add(self) -> None:
        number = max(_number(key) for keys in self._lists for key in keys) + 1
        secret = base64.b64encode(os.urandom(32)).decode()
        for keys in self._lists:
            keys.append({"name": f"key{number}", "secret": secret})

    def promote(self) -> None:
        for keys in self._lists:
            keys.sort(key=_number, reverse=True)

    def drop(self) -> None:
        for keys in self._lists:
            del keys[1:]


def _number(key: dict[str, str]) -> int:
    digits = key["name"].removeprefix("key")
    return int(digits) if digits.isdigit() else 0
