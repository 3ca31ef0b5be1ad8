"""A cluster as plain `kubeadm init` makes it, held against the same controls as a site: what fails before hardening.

One fresh node of the lab, with what somebody would type on it (bench/floor), and no pod network: none of kubeadm's own
defaults is changed but what a container as a node needs. Usage: python -m bench.audit.stock [FOLDER], where a site file
of a lab with one server may be; by default a copy of the lab's. The audit as JSON goes to stdout.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.up import Floor, make_site
from mecctl import lab
from mecctl.artifacts.store import Store
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder, load

MECCTL = Path(sys.executable).with_name("mecctl")


def main(given: str | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = load(Path(given)) if given else _alone(make_site(Path(scratch) / "stock"))
        try:
            lab.up(folder, Store(), Silent())
            Floor(folder).server_alone()
            command = [MECCTL, "site", "audit", folder.path, "-o", "json"]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            audit = json.loads(told.stdout)
        finally:
            lab.down(folder, Silent())
            shutil.rmtree(folder.state, ignore_errors=True)
    print(json.dumps(audit, indent=1))
    counts = Counter(one["result"] for one in audit["controls"])
    print(f"of {len(audit['controls'])} controls: {dict(counts)}", file=sys.stderr)


def _alone(folder: SiteFolder) -> SiteFolder:
    """Leave only the server: a machine that isn't in the cluster would fail what is asked of every node."""
    file = folder.path / "site.yaml"
    agents = {node.name for node in folder.site.agents}
    kept = [line for line in file.read_text().splitlines() if not any(f"name: {name}," in line for name in agents)]
    file.write_text("\n".join(kept).replace("roles: [server]", "roles: [server, agent]") + "\n")
    return load(folder.path)


if __name__ == "__main__":
    main(*sys.argv[1:2] or [None])
