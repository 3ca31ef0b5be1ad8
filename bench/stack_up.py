"""`up` of one program in a process of its own, as one `kubectl apply` is: FOLDER STATE KUBECONFIG key=value..."""

from __future__ import annotations

import sys
from pathlib import Path

from mecctl.engine.engine import Engine
from mecctl.engine.program import Program
from mecctl.plan.progress import Silent

PASSPHRASE = "a passphrase for measuring"  # noqa: S105 - it guards nothing


def main(folder: str, state: str, kubeconfig: str, *words: str) -> None:
    config = dict(word.split("=", 1) for word in words)
    with Engine(Path(state), Path(kubeconfig), PASSPHRASE, Silent()) as engine:
        print(len(engine.up(Program(Path(folder), "bench", config)).changes))


if __name__ == "__main__":
    main(*sys.argv[1:])
