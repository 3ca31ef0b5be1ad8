"""The one gateway to outside programs: a list of words in, text out, never a shell."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from mecctl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Completed:
    """How a program ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def run(
    args: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float | None = None,
    check: bool = True,
    stdout: IO[bytes] | None = None,
) -> Completed:
    """Run a program to its end.

    `env` is added to this process's environment; `stdout` takes a file for output too big to hold; `timeout` is in
    seconds. Raises CommandError when the program isn't there, times out, or (with `check`) exits other than 0.
    """
    words = [str(arg) for arg in args]
    try:
        ended = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            input=None if stdin is None else stdin.encode(),
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise CommandError(f"the program {words[0]} isn't installed", fix="mecctl doctor says how to get it") from error
    except subprocess.TimeoutExpired as error:
        text = (error.stderr or b"").decode(errors="replace")
        raise CommandError(f"{shlex.join(words)} did not end within {timeout:g} s", output=text) from error
    out = (ended.stdout or b"").decode(errors="replace")
    err = ended.stderr.decode(errors="replace")
    if check and ended.returncode:
        lines = (err.strip() or out.strip()).splitlines()
        raise CommandError(
            f"{shlex.join(words)} ended with {ended.returncode}", output=out + err, why=lines[-1] if lines else None
        )
    return Completed(ended.returncode, out, err)
