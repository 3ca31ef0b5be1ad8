"""What `hardening: cis` costs: `site up` on fresh nodes with and without it, and a no-op of each, in turn.

Two labs of 1 + 1 container nodes, alike but for hardening. First runs have the machine to themselves; for the no-ops
both sites are up, and their servers are compared in what they show to strangers.
Usage: python -m bench.hardening [rounds]
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.exposure import shown, table
from bench.measure import interleaved, once, report
from bench.up import fresh, make_site, mecctl
from mecctl import lab
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load

_KINDS = {"none": "10.75.0.", "cis": "10.74.0."}
_NO_OPS = 7


def make(folder: Path, hardening: str, subnet: str) -> SiteFolder:
    """A copy of the lab's site with this hardening, and a name and subnet of its own."""
    file = make_site(folder, f"bench-{hardening}", subnet).path / "site.yaml"
    file.write_text(file.read_text().replace("  kubernetes:\n", f"  kubernetes:\n    hardening: {hardening}\n", 1))
    return load(folder)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        sites = {kind: make(Path(scratch) / kind, kind, subnet) for kind, subnet in _KINDS.items()}
        try:
            firsts = {kind: [] for kind in sites}
            for _ in range(rounds):
                for kind, site in sites.items():
                    for other in sites.values():
                        lab.down(other, Silent())  # the machine is this one's alone
                    fresh(site)
                    firsts[kind].append(once(partial(mecctl, site)))
                    print(f"{kind}: {firsts[kind][-1]}", flush=True)
            report("first up by hardening, 1 + 1 nodes", firsts)
            fresh(sites["none"])
            mecctl(sites["none"])
            no_ops = {kind: partial(mecctl, site) for kind, site in sites.items()}
            report("no-op up by hardening", interleaved(no_ops, rounds=max(rounds, _NO_OPS)))
            table({kind: shown(site) for kind, site in sites.items()})
        finally:
            for site in sites.values():
                lab.down(site, Silent())


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
