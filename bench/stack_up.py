"""`up` of one program in a process of its own, as one `kubectl apply` is: FOLDER STATE KUBECONFIG key=value...

Prints how many bytes it wrote into the state folder: every file there is either complete when it is renamed to its
name, or grows until it is removed.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

from mecctl.engine.engine import Engine
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent

PASSPHRASE = "a passphrase for measuring"  # noqa: S105 - it guards nothing


class Written:
    """Adds up sizes of files under a folder, as an audit hook of Python that hears of renames and removals."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._folder = folder
        self._counted: set[int] = set()

    def __call__(self, event: str, told: tuple[Any, ...]) -> None:
        if event in ("os.rename", "os.remove") and (file := Path(told[0])).is_relative_to(self._folder):
            self._count(file)
            if event == "os.remove":
                self._counted.discard(file.lstat().st_ino)

    def total(self) -> int:
        for file in self._folder.rglob("*"):
            self._count(file)
        return self.size

    def _count(self, file: Path) -> None:
        if file.is_file() and (found := file.lstat()).st_ino not in self._counted:
            self._counted.add(found.st_ino)
            self.size += found.st_size


def main(folder: str, state: str, kubeconfig: str, *words: str) -> None:
    config = dict(word.split("=", 1) for word in words)
    written = Written(Path(state))
    sys.addaudithook(written)
    with Engine(Path(state), Path(kubeconfig), PASSPHRASE, Silent()) as engine:
        engine.up(Program(Path(folder), "bench", config))
    print(written.total())


if __name__ == "__main__":
    main(*sys.argv[1:])
    gc.freeze()  # as `mecctl` does
