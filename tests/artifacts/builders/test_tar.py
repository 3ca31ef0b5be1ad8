from __future__ import annotations

import os
import tarfile
from typing import TYPE_CHECKING

from mecctl.artifacts.builders.tar import pack
from tests.artifacts.making import content

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, *, when: int, order: list[str]) -> Path:
    for name in order:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (when, when))
    (root / "bin/run").chmod(0o700)
    return root


def test_depends_on_content_alone(tmp_path):
    names = ["bin/run", "lib/b.h", "lib/a/c.h"]
    first = pack(tmp_path / "1.tar", tree(tmp_path / "x", when=1, order=names), ["lib", "bin/run"])
    second = pack(tmp_path / "2.tar", tree(tmp_path / "y", when=2, order=names[::-1]), ["bin/run", "lib"])
    assert first.read_bytes() == second.read_bytes()


def test_keeps_names_content_and_whether_a_file_is_a_program(tmp_path):
    root = tree(tmp_path / "x", when=1, order=["bin/run", "lib/b.h"])
    with tarfile.open(pack(tmp_path / "1.tar", root, ["lib", "bin/run"])) as tar:
        found = {m.name: (m.mode, m.isdir(), m.mtime, m.uid) for m in tar}
        assert content(tar, "lib/b.h") == b"lib/b.h"
    assert found == {
        "bin/run": (0o755, False, 0, 0),
        "lib": (0o755, True, 0, 0),
        "lib/b.h": (0o644, False, 0, 0),
    }
