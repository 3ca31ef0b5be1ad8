"""Objects as an API server shows them, and a client that only knows some."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any


def node(name: str, *, ready: str = "True", message: str = "kubelet is posting ready status") -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "status": {
            "conditions": [{"type": "Ready", "status": ready, "message": message}],
            "nodeInfo": {"kubeletVersion": "v1.36.3", "architecture": "amd64"},
        },
    }


def namespace(name: str, phase: str = "Active") -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"phase": phase}}


def deployment(place: str, name: str, *, ready: int, generation: int = 1, observed: int = 1) -> dict[str, Any]:
    return {
        "metadata": {"namespace": place, "name": name, "generation": generation},
        "status": {"readyReplicas": ready, "updatedReplicas": ready, "observedGeneration": observed},
    }


def account(place: str, token: bool | None = None) -> dict[str, Any]:
    automount = {} if token is None else {"automountServiceAccountToken": token}
    return {"metadata": {"namespace": place, "name": "default"}, **automount}


class _Cluster:
    """Lists, watches and applies what it was given; `applied` keeps what it was sent."""

    def __init__(self, events: Iterable[tuple[str, dict[str, Any]]], objects: dict[str, list[dict[str, Any]]]) -> None:
        self.objects = objects
        self.events = events
        self.applied: list[dict[str, Any]] = []

    def list(self, _: str, kind: str, **__: Any) -> list[dict[str, Any]]:
        return self.objects.get(kind, [])

    def watch(self, *_: str, **__: Any) -> Iterator[Any]:
        for typ, obj in self.events:
            yield SimpleNamespace(type=typ, object=obj)

    def request(self, method: str, path: str, **_: Any) -> dict[str, Any]:
        assert (method, path) == ("GET", "/api/v1/serviceaccounts")
        return {"items": self.objects.get("ServiceAccount", [])}

    def apply(self, obj: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.applied.append(obj)
        return obj


def cluster(events: Iterable[tuple[str, dict[str, Any]]] = (), **objects: list[dict[str, Any]]) -> Any:
    """Return a fake client; typed as anything, so that it stands in for a real one."""
    return _Cluster(events, objects)
