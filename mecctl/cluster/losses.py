"""What runs in the namespaces of slices that are no longer in the site file, whoever made it.

A namespace takes along all that is in it: a slice that was renamed or taken out by mistake would stop what it serves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Site

Object = dict[str, Any]
_MANAGER, _MECCTL = "app.kubernetes.io/managed-by", "mecctl"
_OVER = {"Succeeded", "Failed"}


@dataclass(frozen=True)
class Loss:
    """A namespace with pods that haven't ended: how many of each workload of mecctl's, and the names of all others."""

    namespace: str
    workloads: tuple[tuple[str, int], ...]
    others: tuple[str, ...]

    def __str__(self) -> str:
        ours = [f"workload {name} ({count} pod{'s' if count > 1 else ''})" for name, count in self.workloads]
        theirs = [f"pod {name} (not made by mecctl)" for name in self.others]
        return f"namespace {self.namespace} with {', '.join([*ours, *theirs])}"


def strays(client: KubeClient, site: Site) -> frozenset[str]:
    """Return the slices' namespaces in the cluster that aren't the site file's, or are there under another name."""
    wanted = {(part.namespace, part.name) for part in site.slices}
    found = client.list("v1", "Namespace", label_selector=f"{_MANAGER}={_MECCTL},mec.io/sst")
    named = {(one["metadata"]["name"], one["metadata"]["labels"].get("mec.io/slice")) for one in found}
    return frozenset(namespace for namespace, _ in named - wanted)


def losses(client: KubeClient, namespaces: Iterable[str]) -> tuple[Loss, ...]:
    """Return those of the namespaces in which something runs, and what."""
    return tuple(_losses(client, sorted(namespaces)))


def refusal(lost: Iterable[Loss], file: str) -> InputError:
    """Return the error of an `up` that nobody has told that these may go."""
    what = f"slices are no longer here, and the site still runs {'; '.join(map(str, lost))}"
    return InputError([Problem(file, None, "spec.slices", what, "put them back, or let all that go by --yes")])


def _losses(client: KubeClient, namespaces: Iterable[str]) -> Iterator[Loss]:
    for namespace in namespaces:
        pods = [
            pod
            for pod in client.list("v1", "Pod", namespace=namespace)
            if pod.get("status", {}).get("phase") not in _OVER
        ]
        ours = Counter(name for pod in pods if (name := _workload(pod)))
        others = sorted(pod["metadata"]["name"] for pod in pods if not _workload(pod))
        if pods:
            yield Loss(namespace, tuple(sorted(ours.items())), tuple(others))


def _workload(pod: Object) -> str | None:
    labels: dict[str, str] = pod["metadata"].get("labels", {})
    return labels.get("app.kubernetes.io/name") if labels.get(_MANAGER) == _MECCTL else None
