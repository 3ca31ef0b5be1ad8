"""Starts HAProxy in the mode that its site last wrote down, and ends it once what is under way has ended.

Environment: PORT it listens on, APP (host:port of the workload), CODE (this folder), FIRST (mode if none is written).
/gate-key/key, if there: what the other site's gate is known by. /gate-state/state, if there: JSON of `mode`, `epoch`,
`peer`. One that was written in the midst of a move stays closed until the move goes on, for nobody here knows whether
the other site has the workload.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from gate.control import know, mode, point
from gate.desk import answered, serve
from gate.record import key, record


def main() -> int:
    """Return HAProxy's exit code."""
    command = ["haproxy", "-db", "-f", f"{os.environ['CODE']}/haproxy.cfg"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # commands come to the desk
    # What is under way ends by itself (SIGUSR1); new connections go to the next gate, or wait for it.
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGUSR1))
    while process.poll() is None:
        try:
            _apply()
            break
        except OSError:
            time.sleep(0.02)
    threading.Thread(target=serve, args=(answered,), daemon=True).start()
    return process.wait()


def _apply() -> None:
    told = record()
    if known := key():
        know(known)
    if told["peer"]:
        point(told["peer"])
    if told["mode"] in {"local", "peer"}:
        mode(f"{told['mode']} {told['epoch']}")
    else:
        mode(f"closed {told['was'][1] if told.get('was') else told['epoch']}")


if __name__ == "__main__":
    sys.exit(main())
