"""How the API server follows a change of the key that it encrypts with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mecctl.engine.kube import KubeClient
    from mecctl.plan.progress import Progress

LOADED_WITHIN = 180.0
"""Seconds; the API server looks at its file once a minute (--encryption-provider-config-automatic-reload)."""
_METRIC = "apiserver_encryption_config_controller_last_config_info{"
_KINDS = {"secrets": ("v1", "Secret"), "configmaps": ("v1", "ConfigMap")}


class EncryptedApi:
    """The API server behind `client`."""

    def __init__(self, client: KubeClient, progress: Progress) -> None:
        self._client = client
        self._progress = progress

    def wait_loaded(self, sha256: str) -> None:
        """Return once it works by the configuration with this hash; MecctlError after LOADED_WITHIN seconds."""
        task, deadline = "wait for the API server to load its keys", time.monotonic() + LOADED_WITHIN
        self._progress.begin(task)
        while not self._has_loaded(sha256):
            if time.monotonic() > deadline:
                raise MecctlError(
                    f"the API server has not loaded its encryption configuration within {LOADED_WITHIN:g} s",
                    why="its metrics tell of another one; a file that it refuses is told in its log",
                    fix="all that is encrypted can still be read; mend the cause, then run the same command again",
                )
            time.sleep(1)  # a metric can't be watched
        self._progress.end(task)

    def rewrite(self, resources: Sequence[str]) -> int:
        """Write all objects anew, which encrypts them with the first key; returns how many. Raises KubeError."""
        unknown = sorted(set(resources) - set(_KINDS))
        if unknown:
            raise MecctlError(f"mecctl doesn't write {', '.join(unknown)} anew, which the configuration encrypts")
        objects = [one for name in resources for one in self._client.list(*_KINDS[name])]
        for one in objects:
            try:
                with self._client.at(one) as path:
                    self._client.request("PUT", path, body=one)
            except KubeError as error:
                # Changed or deleted by somebody else since it was listed: it is written anew, or gone, already.
                if error.status not in (404, 409):
                    raise
        return len(objects)

    def _has_loaded(self, sha256: str) -> bool:
        lines = str(self._client.request("GET", "/metrics")).splitlines()
        return any(line.startswith(_METRIC) and f'hash="sha256:{sha256}"' in line for line in lines)
