"""One promise of a site, held against what was measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A measured promise, for example kind `refused`, slice `urllc`, peer `embb/cache:8080`.

    `declared` and `measured` are what the site says and what traffic showed, in `unit` (empty for a yes or no).
    """

    kind: str
    slice: str | None
    peer: str | None
    declared: str
    measured: str
    unit: str
    ok: bool
