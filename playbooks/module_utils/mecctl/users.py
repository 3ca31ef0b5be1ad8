"""System users that own data but never log in."""

from __future__ import annotations

import pwd
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context


def plan_users(declared: list[dict[str, Any]], _context: Context) -> Iterator[Item]:
    """Users: `{name, id}`, each with a group of the same name and number; one that is there stays as it is."""
    for wanted in declared:
        if not there(wanted["name"]):
            yield Item(f"user {wanted['name']}", "create", "isn't there", partial(_make, wanted))


def there(name: str) -> bool:
    """Whether the node has the user."""
    return any(entry.pw_name == name for entry in pwd.getpwall())


def remove(name: str) -> None:
    """Delete a user and the group of the same name."""
    run(["userdel", "--", name])


def _make(wanted: dict[str, Any]) -> None:
    number = str(wanted["id"])
    run(["groupadd", "--force", "--gid", number, "--", wanted["name"]])
    home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    run(["useradd", "--uid", number, "--gid", number, *home, "--", wanted["name"]])
