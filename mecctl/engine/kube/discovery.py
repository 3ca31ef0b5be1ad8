"""Which path an apiVersion and kind are served at, asked once for each group version."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.engine.kube.errors import KubeError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Served:
    """A kind as the API server serves it: `/apis/apps/v1`, `deployments`, namespaced or not."""

    root: str
    plural: str
    namespaced: bool

    def path(self, name: str | None, namespace: str | None) -> str:
        """Return the path of one object, or of the collection without `name`; all namespaces without `namespace`."""
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{self.root}{scope}/{self.plural}" + (f"/{name}" if name else "")


class Discovery:
    """Answers from memory; a kind that isn't known is asked for again, since a CRD may have come meanwhile."""

    def __init__(self, fetch: Callable[[str], Any]) -> None:
        self._fetch = fetch
        self._groups: dict[str, dict[str, Served]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str) -> Served:
        """Return how `kind` is served; KubeError 404 with reason `NoKind` when it isn't."""
        known = self._groups.get(api_version, {})
        if kind not in known:
            known = self._load(api_version, kind)
        if kind not in known:
            raise KubeError(404, "NoKind", f"the API server doesn't serve the kind {api_version} {kind}")
        return known[kind]

    def ask_anew(self, api_version: str, kind: str) -> None:
        """Do as `find`, with nothing of the group version from memory."""
        self._groups.pop(api_version, None)
        self.find(api_version, kind)

    def versions(self, api_version: str, kind: str) -> list[str]:
        """Return the versions of a group that have `kind`, asked anew."""
        group, slash, _ = api_version.partition("/")
        told = self._groups_served().get(group, []) if slash else [api_version]
        return [version for version in told if kind in self._ask(version)]

    def _load(self, api_version: str, kind: str) -> dict[str, Served]:
        with self._lock:
            lock = self._locks.setdefault(api_version, threading.Lock())
        with lock:
            known = self._groups.get(api_version, {})
            if kind not in known:
                known = self._groups[api_version] = self._ask(api_version)
        return known

    def _ask(self, api_version: str) -> dict[str, Served]:
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            answer = self._fetch(root)
        except KubeError as error:
            if error.status != 404 or "/" not in api_version:
                raise
            # For a group the API server itself answers a plain 404, as anything on the way may; this list is its own.
            self._groups_served()
            return {}
        return {
            entry["kind"]: Served(root, entry["name"], entry["namespaced"])
            for entry in answer["resources"]
            if "/" not in entry["name"]
        }

    def _groups_served(self) -> dict[str, list[str]]:
        groups = self._fetch("/apis")["groups"]
        return {group["name"]: [one["groupVersion"] for one in group["versions"]] for group in groups}
