"""`site up` beside the floor where the agent is a virtual machine: the bare commands, typed by a script, on the same.

The server is a container, the agent a machine with a kernel of its own, emulated where KVM doesn't work. Both sides
bring programs and images to the machine over SSH, and make the same: the site has no slices and isn't hardened.
Usage: python -m bench.up_machine [rounds]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.measure import interleaved, report
from bench.up import HERE, Floor, cni_manifest, fresh, mecctl
from mecctl import lab
from mecctl.artifacts.store import Blob
from mecctl.lab.node import SEED
from mecctl.plan.progress import Silent
from mecctl.sitefile import load

_OWN = (("10.76.0.", "10.75.0."), ("name: lab-arm", "name: bench"), ("arch: arm64", "arch: amd64"))
_WHAT_THE_FLOOR_HAS_NOT = "  slices:\n"


class OnAMachine(Floor):
    """The bare commands, where the agent has none of the lab's artifacts yet."""

    def _prepare(self, name: str, address: object) -> None:
        if name != self.server.name:
            self._bring(address, self.blobs[name])
        super()._prepare(name, address)

    def _bring(self, address: object, blobs: list[Blob]) -> None:
        """Copy files over one SSH connection, as they are."""
        names = [blob.sha256 for blob in blobs]
        packed = ["tar", "-C", str(blobs[0].path.parent), "-cf", "-", *names]
        with subprocess.Popen(packed, stdout=subprocess.PIPE) as tar:
            unpack = f"mkdir -p {SEED} && tar -C {SEED} -xf - && chmod 755 {SEED}/*"
            subprocess.run(self.words(address, unpack), stdin=tar.stdout, check=True)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "bench"
        shutil.copytree(HERE.parent / "inventories/lab-arm", path, ignore=shutil.ignore_patterns(".mecctl"))
        text = (path / "site.yaml").read_text()
        for old, new in _OWN:
            text = text.replace(old, new)
        bare = text.partition(_WHAT_THE_FLOOR_HAS_NOT)[0] + "    hardening: none\n"
        (path / "site.yaml").write_text(bare)
        folder = load(path)

        try:
            floor = OnAMachine(folder)

            def up() -> None:
                mecctl(folder)
                floor.cni = floor.cni or cni_manifest(floor)  # a second of what the floor hasn't to do

            compared = {"mecctl site up": up, "floor": floor}
            measured = interleaved(compared, rounds=rounds, before=partial(fresh, folder))
            report("first up, a container and a machine", measured)
        finally:
            lab.down(folder, Silent())


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
