"""Change the key that mecctl logs in with, so that at every moment one that is at hand opens every node.

The new key is made beside the old one (`NAME.new`), added on every node, tried on every node by a login of its own,
and only then put in the old one's place, which stays as `NAME.old` until every node has forgotten it. What is found of
these files says how far a run came that was broken off; the next one goes on from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mecctl import durable
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes.everywhere import everywhere
from mecctl.nodes.ssh import Connection, public_key
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder

# sshd reads the file at each login: it is replaced as a whole. The new key gets the options that the old one has.
_ADD = r"""set -eu
umask 077
mkdir -p "$HOME/.ssh"
file=$(readlink -f "$HOME/.ssh/authorized_keys")
touch "$file"
if grep -qF '{new.body}' "$file"; then exit 0; fi
cp -p "$file" "$file.mecctl"
[ -z "$(tail -c1 "$file")" ] || echo >> "$file.mecctl"
sed -n 's|{old.type} {old.body}.*|{new.type} {new.body} mecctl|p' "$file" >> "$file.mecctl"
grep -qF '{new.body}' "$file.mecctl" || echo '{new.type} {new.body} mecctl' >> "$file.mecctl"
sync "$file.mecctl"
mv "$file.mecctl" "$file"
echo changed
"""
_REMOVE = r"""set -eu
file=$(readlink -f "$HOME/.ssh/authorized_keys")
grep -qF '{new.body}' "$file"
if ! grep -qF '{old.body}' "$file"; then exit 0; fi
cp -p "$file" "$file.mecctl"
grep -vF '{old.body}' "$file" > "$file.mecctl"
sync "$file.mecctl"
mv "$file.mecctl" "$file"
echo changed
"""


class Rotation:
    """The change of one site's key; `path` is where `access.privateKey` says it is."""

    def __init__(self, folder: SiteFolder) -> None:
        self._folder = folder
        self.path = folder.resolve(folder.site.spec.access.private_key)
        self.new = self.path.with_name(f"{self.path.name}.new")
        self.old = self.path.with_name(f"{self.path.name}.old")

    def run(self) -> tuple[Change, ...]:
        """Change the key and return what was changed where.

        Raises MecctlError (UnreachableError) that names the nodes that can't be worked on; the old key then opens all
        nodes still, or with `NAME.old` beside it those that haven't forgotten it.
        """
        changes: list[Change] = []
        if not self.old.exists():
            self._make()
            old, new = public_key(self.path), public_key(self.new)
            changes += self._everywhere("create", _ADD.format(old=old, new=new), self.path, self.new)
            self._everywhere("run", "true", self.new)
        self._swap()
        old, new = public_key(self.old), public_key(self.path)
        changes += self._everywhere("delete", _REMOVE.format(old=old, new=new), self.path)
        self.old.unlink()
        return (*changes, Change(str(self.path), "replace", f"{old.fingerprint} became {new.fingerprint}"))

    def _make(self) -> None:
        if self.new.exists():
            return
        public_key(self.path)  # there is one to change
        key = Ed25519PrivateKey.generate()
        form = serialization.PrivateFormat.OpenSSH
        durable.write(self.new, key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))

    def _swap(self) -> None:
        """Put the new key in the old one's place; whichever is there at a power cut opens every node."""
        if not self.old.exists():
            durable.write(self.old, self.path.read_bytes())
        if self.new.exists():
            self.new.replace(self.path)
            durable.sync_folder(self.path.parent)
        public = self.path.with_name(f"{self.path.name}.pub")
        comment = public.read_text().split(maxsplit=2)[2:] if public.exists() else []
        key = public_key(self.path)
        durable.write(public, f"{' '.join([key.type, key.body, *comment]).strip()}\n".encode(), 0o644)

    def _everywhere(self, action: str, script: str, *keys: Path) -> list[Change]:
        """Run a script on every node, logged in with the first of the keys that opens it."""
        nodes = self._folder.site.nodes
        found = everywhere(nodes, lambda node: _caught(lambda: self._on(node, script, keys)))
        errors = [one for one in found if isinstance(one, MecctlError)]
        if errors:
            raise _joined(errors)
        changed = [node for node, said in zip(nodes, found, strict=True) if said == "changed"]
        which = {"create": "new", "delete": "old"}.get(action, "")
        return [
            Change(f"{node.name}: authorized_keys", "update", f"the {which} key was {_DONE[action]}")
            for node in changed
        ]

    def _on(self, node: Node, script: str, keys: tuple[Path, ...]) -> str:
        with self._login(node, keys) as connection:
            answer = connection.run("sh -s", script)
        if answer.status:
            why = answer.stderr.strip() or None
            raise MecctlError("its authorized_keys can't be changed", where=node.name, why=why)
        return answer.stdout.strip()

    def _login(self, node: Node, keys: tuple[Path, ...]) -> Connection:
        access, site = self._folder.site.spec.access, str(self._folder.path)
        known = self._folder.resolve(access.known_hosts)
        for key in keys[:-1]:
            try:
                return Connection(node, access, key, known, site=site)
            except UnreachableError:
                raise
            except MecctlError:
                continue  # refused: a run before may have been broken off after this node forgot it
        return Connection(node, access, keys[-1], known, site=site)


_DONE = {"create": "added", "delete": "removed"}


def _caught(work: Callable[[], str]) -> str | MecctlError:
    try:
        return work()
    except MecctlError as error:
        return error


def _joined(errors: list[MecctlError]) -> MecctlError:
    kind = UnreachableError if all(isinstance(error, UnreachableError) for error in errors) else MecctlError
    said = "\n".join(str(error) for error in errors)
    return kind(
        f"{len(errors)} nodes can't be worked on:\n{said}", fix="mend that and run the same command: it goes on"
    )
