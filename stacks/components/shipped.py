"""Code of this project that runs on the cluster: it comes in a ConfigMap, so that any image with Python serves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
CODE = "mec.io/code"
"""The annotation of pods that has the code's hash, so that other code starts other pods."""


@dataclass(frozen=True)
class Shipped:
    """The files of one folder by name."""

    files: dict[str, str]

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations that tell pods of other code apart."""
        return told_apart(self.files)


def told_apart(by: object) -> dict[str, str]:
    """Return the annotations that tell pods apart by what they run and are told, which JSON can hold."""
    return {CODE: hashlib.sha256(json.dumps(by).encode()).hexdigest()}


def shipped(folder: str, *names: str) -> Shipped:
    """Return the Python files of a folder beside stacks/, for example `sliceagent`; only these `names` if any."""
    paths = [_ROOT / folder / name for name in names] or sorted((_ROOT / folder).glob("*.py"))
    return Shipped({path.name: path.read_text() for path in paths})
