"""What a site has written down of where its workload is (mecctl/cluster/moving/record.py), as it is mounted here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

STATE, KEY = Path("/gate-state/state"), Path("/gate-key/key")


def record() -> dict[str, Any]:
    """Return it; before any move, that the workload is where FIRST of the environment says (`local` or `closed`)."""
    first = {"mode": os.environ["FIRST"], "epoch": 0, "peer": ""}
    told: dict[str, Any] = json.loads(STATE.read_text()) if STATE.exists() else first
    return told


def key() -> str:
    """Return what the other site's gate is known by, empty before any move."""
    return KEY.read_text() if KEY.exists() else ""
