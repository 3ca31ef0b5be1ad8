"""Programs of another architecture within a program of this one: by QEMU, and without a trace on this machine."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mecctl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

_QEMU = {"amd64": "x86_64", "arm64": "aarch64"}
_RULES = Path("/usr/lib/binfmt.d")
# A user namespace may have rules of its own for foreign programs (since Linux 6.7, its admin-guide/binfmt-misc.rst), so
# the machine's own rules stay as they are. Where the kernel is older, a rule of the machine's counts.
_SCRIPT = """\
set -eu
rule=$1 folder=$(mktemp --directory)
shift
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/there" "$folder/mapped"
unshare --user --mount sh -c '
  echo > "$0/there"
  read -r _ < "$0/mapped"
  if mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2> /dev/null; then
    cat "$1" > /proc/sys/fs/binfmt_misc/register
  fi
  shift
  exec "$@"' "$folder" "$rule" "$@" &
read -r _ < "$folder/there"
echo 0 0 4294967295 > "/proc/$!/uid_map"
echo 0 0 4294967295 > "/proc/$!/gid_map"
echo > "$folder/mapped"
wait $!
"""


def running(arch: str, words: Sequence[str | Path]) -> list[str | Path]:
    """Return the words that run a program which itself runs programs of `arch`, Debian's name of an architecture.

    Raises CommandError when Debian's qemu-user-static or arch-test are missing.
    """
    machine = _QEMU.get(arch, arch)
    if machine == platform.machine():
        return [*words]
    rule = _RULES / f"qemu-{machine}.conf"
    if not (rule.exists() and shutil.which("arch-test")):
        raise CommandError(f"programs for {arch} don't run here", fix="sudo apt-get install qemu-user-static arch-test")
    return ["sh", "-c", _SCRIPT, "foreign", rule, *words]
