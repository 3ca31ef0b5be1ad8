"""Where the slices' probe plays: its namespace, its pods, its openings; nothing of it stays, even of a killed run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from mecctl.engine.kube import KubeError
from mecctl.probe.actors import NAMESPACE, own_namespace
from mecctl.probe.fit import fitted
from mecctl.probe.pod import SELECTOR, START
from mecctl.probe.pods import create, read, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site

Object = dict[str, Any]

QUOTA = 10.0
"""Seconds that a quota gets to notice that earlier pods of the probe are gone."""
GONE = 60.0
"""Seconds that the namespace gets to go."""


class Stage:
    """A with-block around all that a probe makes on the cluster; empty before it and after it."""

    def __init__(self, client: KubeClient, site: Site) -> None:
        self.client, self.site = client, site

    def __enter__(self) -> Self:
        self.clear()
        self.client.create(own_namespace())
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def start(self, pods: Sequence[Object]) -> list[Object]:
        """Create pods, each as its slice asks, and return them, in their order, as they are once they have started."""
        slices = {part.namespace: part for part in self.site.slices}
        pods = [fitted(pod, slices.get(pod["metadata"]["namespace"])) for pod in pods]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda pod: create(self.client, pod, QUOTA), pods))
        return started(self.client, pods, SELECTOR, START)

    def allow(self, policies: Iterable[Object]) -> None:
        """Create NetworkPolicies."""
        for policy in policies:
            self.client.create(policy)

    def results(self, pod: Object, last: str = "ended", within: float = 15.0) -> list[Object]:
        """Return what a pod has printed up to the line that has `last`, or until the time is over."""
        return self._read(pod, lambda found: any(last in line for line in found), within)

    def all_results(self, pods: Sequence[Object], last: str = "ended", within: float = 15.0) -> list[list[Object]]:
        """Return the results of several pods, in their order."""
        threads = ThreadPoolExecutor(max(1, len(pods)))
        try:
            return list(threads.map(lambda pod: self.results(pod, last, within), pods))
        finally:
            # After an interrupt, a log that is still read ends with its pod, which is removed at once.
            threads.shutdown(wait=False, cancel_futures=True)

    def printed(self, pod: Object) -> list[Object]:
        """Return what a pod has printed so far."""
        return self._read(pod, lambda _: True, 0)

    def remove(self, pods: Iterable[Object]) -> None:
        """Remove pods that have done their part, so that they use nothing of a slice's quota."""
        for pod in pods:
            self.client.delete(pod)

    def clear(self) -> None:
        """Remove whatever a probe has left, and return when the namespace is gone."""
        for version, kind in (("v1", "Pod"), ("networking.k8s.io/v1", "NetworkPolicy")):
            self.remove(self.client.list(version, kind, label_selector=SELECTOR))
        try:
            self.client.delete(self.client.get("v1", "Namespace", NAMESPACE), wait=GONE)
        except KubeError as error:
            if not error.missing:
                raise

    def _read(self, pod: Object, done: Callable[[list[Object]], bool], within: float) -> list[Object]:
        return read(self.client, pod["metadata"]["namespace"], pod["metadata"]["name"], done, within)
