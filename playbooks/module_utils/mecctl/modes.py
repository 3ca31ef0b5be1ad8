"""Permissions of files that somebody else made: never more than declared."""

from __future__ import annotations

import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.item import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context


def plan_modes(declared: list[dict[str, str]], _context: Context) -> Iterator[Item]:
    """Permissions at most: `{path, mode}`; `*` stands for all that are there.

    What isn't there or is stricter is in order. Nothing is known of what a mode was before, so a reset leaves it.
    """
    for wanted in declared:
        most = int(wanted["mode"], 8)
        for path in sorted(Path("/").glob(wanted["path"][1:])):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode & ~most and not path.is_symlink():
                reason = f"is {mode:04o}, more than {most:04o}"
                yield Item(f"mode of {path}", "update", reason, partial(path.chmod, mode & most))
