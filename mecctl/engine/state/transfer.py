"""Takes a stack's state out and in, as `pulumi stack export` and `pulumi stack import` do.

A deployment goes as `{"version": 3, "deployment": {…}}`; what a checkpoint has under `latest` is the deployment.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mecctl.engine.objects.values import SECRET, SIGNATURE, Value
from mecctl.engine.state import checkpoint, integrity, version
from mecctl.engine.state.archive import Archive
from mecctl.engine.state.history import Run
from mecctl.engine.state.journal import Journal
from mecctl.engine.state.layout import Layout
from mecctl.engine.state.stack import StackState, now
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.objects.secrets import Crypter
    from mecctl.engine.state.backend import Backend

    Choose = Callable[[str | None], Crypter]

Document = dict[str, Any]
_SHOWN, _HIDDEN = "plaintext", "ciphertext"


def export(place: Backend, project: str, stack: str, choose: Choose, *, show_secrets: bool = False) -> Document:
    """Return the state of a stack, with what a broken-off run did; secrets stay encrypted unless asked for.

    Raises MecctlError when there is no such stack, or its state can't be trusted.
    """
    latest = StackState(place, project, stack, choose).read().deployment()
    if latest is None:
        raise MecctlError(f"there is no stack {stack} of the project {project}", where=place.store.where(""))
    if show_secrets:
        crypter = _crypter(latest, choose)
        latest = _turned(latest, lambda text: (_SHOWN, crypter.decrypt(text)), _HIDDEN)
    return {**version.header(latest), "deployment": latest}


def replace(place: Backend, project: str, stack: str, document: object, choose: Choose) -> None:
    """Make `document`, as `export` gives it, the state of a stack; the state before stays as `.bak`.

    Secrets in the clear are encrypted. Raises MecctlError when it is of another stack or format, isn't sound, has
    secrets that the passphrase doesn't open, or when a broken-off run still has to be recovered; LockedError.
    """
    where = "the deployment to import"
    latest = _checked(document, project, stack, where)
    crypter = _crypter(latest, choose)
    latest = _turned(latest, lambda text: (_HIDDEN, crypter.encrypt(text)), _SHOWN)
    latest.setdefault("secrets_providers", {"type": "passphrase", "state": {"salt": crypter.state()}})
    content = checkpoint.wrap((project, stack), latest)
    checkpoint.parse(content, "", where)
    layout, started = Layout(project, stack), int(time.time())
    archive, held, journal = Archive(place.store, layout), place.lock(layout), Journal(place.log(layout))
    held.take(now())
    try:
        before = archive.current()
        if journal.since(before.digest)[0]:
            raise MecctlError(
                "a broken-off run has to be recovered first",
                where=place.store.where(layout.journal),
                fix="run `up`, `refresh` or `destroy` once, then import",
            )
        archive.save(content, before)
        archive.record(Run("import", started, int(time.time()), ok=True))
    finally:
        journal.close()
        held.release()


def _checked(document: object, project: str, stack: str, where: str) -> Document:
    deployment = document.get("deployment") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(deployment, dict):
        raise MecctlError(
            "this is not a deployment", where=where, fix='import what `export` gave: {"version": 3, "deployment": {…}}'
        )
    version.check(document, where)
    integrity.check(deployment, where)
    ours = f"urn:pulumi:{stack}::{project}::"
    for record in deployment.get("resources") or ():
        if not record["urn"].startswith(ours):
            raise MecctlError(
                f"{record['urn']} is not of the stack {stack} of the project {project}",
                where=where,
                fix="import it into the stack it came from",
            )
    return dict(deployment)


def _crypter(latest: Document, choose: Choose) -> Crypter:
    salt = checkpoint.salt_of(latest, "the deployment")
    crypter = choose(salt)
    if salt:
        crypter.check(salt)
    return crypter


def _turned(value: Value, turn: Callable[[str], tuple[str, str]], key: str) -> Value:
    """Return a value in which every secret that has a `key` has what `turn` makes of it."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET and key in value:
            other, text = turn(value[key])
            return {SIGNATURE: SECRET, other: text}
        return {name: _turned(inner, turn, key) for name, inner in value.items()}
    return [_turned(inner, turn, key) for inner in value] if isinstance(value, list) else value
