"""Start-up costs: `--help` (goal 0.3 s) and `site validate` (goal 0.5 s), beside a bare Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import interleaved, report

MECCTL = Path(sys.executable).with_name("mecctl")


def command(*words: str | Path) -> Callable[[], None]:
    return lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL) and None


if __name__ == "__main__":
    report(
        "start-up",
        interleaved(
            {
                "python -c pass": command(sys.executable, "-c", "pass"),
                "mecctl --help": command(MECCTL, "--help"),
                "mecctl site validate": command(MECCTL, "site", "validate", "lab"),
            },
            rounds=9,
        ),
    )
