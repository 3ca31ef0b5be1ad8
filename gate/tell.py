"""Tells or sets the gate's mode, for who moves the workload. Arguments as gate.lua's `gate mode`; `point HOST:PORT`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from gate.control import GateError, busy, mode, point


def main() -> int:
    """Return the exit code; prints JSON of the mode, or of an `error`."""
    try:
        if sys.argv[1:2] == ["point"]:
            point(sys.argv[2])
        found = mode("" if sys.argv[1:2] == ["point"] else " ".join(sys.argv[1:]))
        print(json.dumps({**asdict(found), "busy": busy()}))  # noqa: T201 - who asked reads it
    except (GateError, OSError) as error:
        print(json.dumps({"error": str(error)}))  # noqa: T201 - who asked reads it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
