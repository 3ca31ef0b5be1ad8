"""Runs of bench/teams on one API server, by mecctl and by kubectl: the same objects, in namespaces of their own.

Every run is a process of its own. Of mecctl that is bench/stack_up.py: the engine as `mecctl` uses it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import yaml

from bench.stack_up import PASSPHRASE
from mecctl.engine.objects.objects import to_api
from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.state import StackState
from mecctl.engine.state.backend import FolderBackend
from tests.support.apiserver import ApiServer, install

HERE = Path(__file__).parent
_NUMBERS = count()


@dataclass(frozen=True)
class Usage:
    """One process: CPU-seconds, wall seconds, peak memory in bytes, bytes that the disk took, and what it printed.

    The disk takes a page of 4 KiB again each time that a few more bytes of it are made durable (ru_oublock).
    """

    cpu: float
    wall: float
    memory: int
    disk: int
    output: str


class Teams:
    """`size` objects, again and again: `fresh` takes the next names, so that nothing of them is there yet."""

    def __init__(self, api: ApiServer, size: int) -> None:
        self._api, self._size = api, size
        self._kubectl = api.folder / "kubectl"
        if not self._kubectl.exists():
            install(api.folder, "kubectl")
        self._prefix = f"t{next(_NUMBERS)}"
        self.mecctl()
        self._pattern, self._objects = self._prefix, self._applied()
        self.fresh()

    def fresh(self) -> None:
        """Choose new names, for either tool."""
        self._prefix = f"t{next(_NUMBERS)}"
        self._manifest.write_text(self._objects.replace(f"{self._pattern}-", f"k{self._prefix}-"))

    def mecctl(self) -> Usage:
        """Apply by `up`, the first time or again."""
        words = [f"teams:prefix={self._prefix}", f"teams:count={self._size}"]
        return run(sys.executable, "-m", "bench.stack_up", HERE / "teams", self._state, self._api.kubeconfig, *words)

    def kubectl(self) -> Usage:
        """Apply by `kubectl apply --server-side`, the first time or again."""
        where = ("--kubeconfig", self._api.kubeconfig, "--cache-dir", self._api.folder / "cache")
        return run(self._kubectl, "apply", "--server-side", *where, "-f", self._manifest)

    def state_size(self) -> int:
        """Bytes of the state file that `mecctl` left."""
        return (self._state / ".pulumi" / "stacks" / "teams" / "bench.json").stat().st_size

    @property
    def _state(self) -> Path:
        return self._api.folder / "states" / self._prefix

    @property
    def _manifest(self) -> Path:
        return self._api.folder / f"{self._size}.yaml"

    def _applied(self) -> str:
        """Return as YAML what `mecctl` has sent."""
        place = FolderBackend(self._state)
        state = StackState(place, "teams", "bench", lambda salt: Crypter.resume(PASSPHRASE, salt or "")).read()
        made = [to_api(one.inputs) for one in state.resources.values() if one.has_object]
        assert len(made) == self._size
        return yaml.safe_dump_all(made, sort_keys=False)


def run(*words: str | Path) -> Usage:
    """Run a command, which must succeed."""
    # Files of __pycache__ would count as written.
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    began = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return Usage(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024, used.ru_oublock * 512, output)
