"""The audit of a site: evidence from its machines and its cluster at once, every control answered, the last one kept.

Only reads, and changes nothing on nodes or in the cluster; so it needs no lock.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mecctl.audit import evidence
from mecctl.audit.assess import Audit, assess
from mecctl.audit.changes import Changes, changes, record
from mecctl.cluster import evidence as cluster
from mecctl.engine.state.files import write_whole
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import evidence as nodes
from mecctl.nodes.kubeconfig import expired, fetch

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder

LAST = "audit.json"
"""The file in a site's state with the results of its last audit."""


def audit(folder: SiteFolder, progress: Progress) -> tuple[Audit, Changes | None]:
    """Audit a site, and return what changed since the last time too. Raises InputError for the SSH key."""
    progress.begin("evidence")
    done = assess(folder.site.name, gather(folder))
    progress.end("evidence", f"{len(done.answers)} controls answered")
    path = folder.state / LAST
    last = _last(path)
    kept = record(done, datetime.now(UTC).isoformat(timespec="seconds"), last)
    write_whole(path, json.dumps(kept, indent=1).encode())
    return done, changes(done, last)


def gather(folder: SiteFolder) -> evidence.Site:
    """Ask all machines and the cluster, at the same time; what doesn't answer has the reason why."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(nodes.gather, folder)
        objects = _cluster(folder)
        machines = {name: str(one) if isinstance(one, MecctlError) else one for name, one in asked.result().items()}
    servers = frozenset(node.name for node in folder.site.servers)
    return evidence.site(machines, servers, objects, time.time())


def _cluster(folder: SiteFolder) -> dict[str, Any] | str:
    """Return the cluster's evidence; a site that has been set up elsewhere has its kubeconfig on a server."""
    kubeconfig = folder.state / "kubeconfig"
    try:
        if not kubeconfig.exists() or expired(kubeconfig):
            fetch(folder, kubeconfig)
        return cluster.gather(folder)
    except UnreachableError as error:
        return str(error)
    except MecctlError as error:
        if not (kubeconfig.exists() and expired(kubeconfig)):
            raise
        return str(error)


def _last(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise MecctlError(
            "the last audit's results can't be read",
            where=str(path),
            why=str(error),
            fix=f"rm {path}: a new one is made",
        ) from error
    return found
