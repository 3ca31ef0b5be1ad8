"""A cluster in words for the slices' probe: pods start at once and their logs say what their role would."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from mecctl.engine.kube import KubeError
from tests.cluster.objects import node

Object = dict[str, Any]
Says = Callable[[Object, Object], list[Object]]


def well(pod: Object, words: Object) -> list[Object]:
    """What a pod prints on a site that keeps its promises."""
    role = pod["metadata"]["labels"]["mecctl.io/probe"]
    if role in ("listen", "peer"):
        return [{"ready": True}]
    if role == "attempt":
        tried = [{"id": one["id"], "got": "answered" if one["open"] else "timed out"} for one in words["attempts"]]
        return [*tried, {"ended": True}]
    return [*(_measured(order) for order in words["orders"]), {"ended": True}]


def _measured(order: Object) -> Object:
    about = {"id": order["id"], "node": "edge-2", "peer": "edge-1"}
    if order["do"] == "size":
        return {**about, "carried": True, "mtu": order["bytes"]}
    if order["do"] == "latency":
        return {**about, "times": [1.0] * 100, "lost": 0}
    return {**about, "windows": [12_400_000 * 1448 // 1500] * 4, "mss": 1448, "header": 52}


class Cluster:
    """Keeps what is created by (kind, namespace, name); `made` are all pods that ever were."""

    def __init__(self, says: Says = well, workloads: tuple[Object, ...] = ()) -> None:
        self.says, self.made = says, []  # type: tuple[Says, list[Object]]
        self.stop = SimpleNamespace(pause=lambda _: None)
        self.objects: dict[tuple[str, str, str], Object] = {}
        self.workloads = list(workloads)
        self.refuse: Callable[[Object], KubeError | None] = lambda _: None

    def list(self, _: str, kind: str, label_selector: str = "", **__: Any) -> list[Object]:
        if kind == "Node":
            tainted = {"taints": [{"effect": "NoSchedule", "key": "control-plane"}]}
            return [{**node("edge-1"), "spec": tainted}, {**node("edge-2"), "spec": {}}]
        if label_selector == "app.kubernetes.io/managed-by=mecctl":
            return [one for one in self.workloads if one["kind"] == kind]
        return [one for (found, _, _), one in self.objects.items() if found == kind]

    def get(self, _: str, kind: str, name: str, __: str | None = None) -> Object:
        if kind == "Service":
            return {"spec": {"clusterIP": "10.43.0.1"}}
        found = [one for (known, _, called), one in self.objects.items() if (known, called) == (kind, name)]
        if not found:
            raise KubeError(404, "NotFound", "not found")
        return found[0]

    def create(self, obj: Object) -> Object:
        if error := self.refuse(obj):
            raise error
        self.objects[_key(obj)] = obj
        if obj["kind"] == "Pod":
            self.made.append(obj)
            obj["spec"].setdefault("nodeName", "edge-2")
            obj["status"] = {"phase": "Running", "podIP": f"10.42.0.{len(self.made)}"}
        return obj

    def delete(self, obj: Object, **_: Any) -> bool:
        return self.objects.pop(_key(obj), None) is not None

    def watch(self, *_: str, **__: Any) -> Iterator[Any]:
        yield from (SimpleNamespace(type="ADDED", object=one) for one in self.list("v1", "Pod"))

    def request(self, _: str, path: str) -> str:
        _, _, _, _, namespace, _, name, _ = path.split("/")
        pod = self.objects["Pod", namespace, name]
        words = json.loads(pod["spec"]["containers"][0]["command"][-1])
        return "\n".join(json.dumps(line) for line in self.says(pod, words))


def _key(obj: Object) -> tuple[str, str, str]:
    return obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
