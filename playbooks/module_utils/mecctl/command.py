"""Programs on the node: words in, text out, always with a time limit."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Output:
    """How a program ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line that says anything."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return lines[-1].strip() if lines else ""


def run(
    words: Sequence[str],
    *,
    timeout: float = 60,
    check: bool = True,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    umask: int = -1,
) -> Output:
    """Run a program for at most `timeout` seconds, its `umask` as it is here unless given.

    Raises NodeError if it isn't there or, with `check`, fails.
    """
    path = f"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "LC_ALL": "C", **(env or {})}
    try:
        ended = subprocess.run(
            list(words),
            env=environment,
            input=stdin.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            umask=umask,
        )
    except FileNotFoundError as error:
        raise NodeError(f"the program {words[0]} isn't on the node") from error
    except subprocess.TimeoutExpired as error:
        out = Output(-1, _text(error.stdout), _text(error.stderr))
        if check:
            raise NodeError(f"{' '.join(words)} did not end within {timeout:g} s", why=out.last) from error
        return out
    output = Output(ended.returncode, _text(ended.stdout), _text(ended.stderr))
    if check and output.code:
        raise NodeError(f"{' '.join(words)} ended with {output.code}", why=output.last)
    return output


def _text(data: bytes | str | None) -> str:
    return data.decode(errors="replace") if isinstance(data, bytes) else data or ""
