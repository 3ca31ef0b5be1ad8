"""Two sites in memory: gates as gate.lua has them, records as an API server keeps them, one request at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from mecctl.cluster.moving.record import Ledger
from mecctl.cluster.moving.side import Gate
from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class KilledError(BaseException):
    """The mover is killed here."""


@dataclass
class World:
    """Both sites; every step of a mover's counts, and it is killed at step `dies`, before it or after it."""

    dies: int | None = None
    after: bool = False
    steps: int = 0
    refuses: str = ""
    carried: bool = False
    deaf: bool = False
    sites: dict[str, Site] = field(default_factory=dict)

    def step(self, act: Callable[[], T]) -> T:
        self.steps += 1
        if self.steps == self.dies and not self.after:
            raise KilledError
        found = act()
        if self.steps == self.dies:
            raise KilledError
        return found

    def active(self) -> list[str]:
        """The sites whose workload serves a request that comes to either gate."""
        return sorted({site.serves(-1, []) for site in self.sites.values()} - {""})


class Site:
    """A gate, its workload's state, and the API server's record."""

    def __init__(self, world: World, name: str, home: str) -> None:
        self.world, self.address, self.namespace = world, f"{name}:30080", "slice-1"
        self.app, self.carrier = "app:8080", "app:9479"
        self.site, self.work = SimpleNamespace(name=name), _work(world.carried)
        self.mode, self.epoch, self.served = ("local" if home == name else "closed"), 0, 0
        self.peer, self.state, self.object, self.version = "", [name] if home == name else [], "", 0
        self.key, self.knows = Kept(world), ""
        self.pod = Pod(self, runs=home == name or not world.carried)
        self.ledger = Ledger(self, "slice-1", "app", self.mode)  # type: ignore[arg-type]
        world.sites[name] = self

    def serves(self, passed: int, way: list[str], key: str = "") -> str:
        """Return the site that answers a request, empty where none does; gate.lua's rule."""
        assert len(way) < 4, f"a ring: {way}"
        passed = passed if key and key == self.knows else -1
        if passed > self.epoch or self.mode == "local":
            self.served = max(self.served, passed)
            return str(self.site.name) if self.pod.runs and not self.pod.stopped else ""
        if passed < self.epoch and self.mode == "peer":
            return self.world.sites[self.peer.partition(":")[0]].serves(self.epoch, [*way, self.site.name], self.knows)
        return ""

    # What a mover asks of a side

    def prepare(self, *, runs: bool) -> None:
        self.world.step(lambda: None)
        assert runs is (self.pod.runs or not self.world.carried)

    def gate(self, *words: str) -> Gate:
        return self.world.step(lambda: self._gate(*words))

    def _gate(self, *words: str) -> Gate:
        if words[:1] == ("point",):
            self.peer = words[1]
        elif words:
            self.mode, self.epoch = words[1], int(words[2])
        return Gate(self.mode, self.epoch, self.served, 0)

    def tell(self, what: str, told: str) -> dict[str, Any]:
        if what == "key":
            return self.world.step(lambda: self._know(told))
        act = {"switch": self._switch, "prepare": self._prepare}[what]
        return self.world.step(lambda: act(json.loads(told)))

    def _know(self, key: str) -> dict[str, Any]:
        self.knows = key
        return {}

    def _prepare(self, told: dict[str, Any]) -> dict[str, Any]:
        there = self._other(told)
        assert there.pod.waits
        assert self.pod.key == there.pod.key == told["context"]["key"]
        there.state = ["partly"]
        return {"bytes": 100}

    def _switch(self, told: dict[str, Any]) -> dict[str, Any]:
        if self.world.refuses:
            raise MecctlError(self.world.refuses)
        self.peer, there = told["peer"], self._other(told)
        assert self.pod.runs
        if self.world.carried:
            assert there.pod.waits
            there.pod.waits, there.pod.runs, self.pod.stopped = False, True, True
        there.state = list(self.state)
        self.mode, self.epoch = "peer", told["epoch"]
        assert self.knows == there.knows == told["key"]
        if not self.world.deaf:
            there.mode, there.epoch = "local", told["epoch"]
        return {"seconds": 0.01, "bytes": 3, "taken": not self.world.deaf}

    def _other(self, told: dict[str, Any]) -> Site:
        return self.world.sites[told["peer"].partition(":")[0]]

    # What a ledger asks of an API server

    def get(self, _api: str, _kind: str, _name: str, _namespace: str) -> Any:
        if not self.object:
            raise KubeError(404, "NotFound", "not found")
        return {"data": {"state": self.object}, "metadata": {"resourceVersion": str(self.version)}}

    def request(self, verb: str, _path: str, *, body: Any) -> Any:
        return self.world.step(lambda: self._store(verb, body))

    def _store(self, verb: str, body: Any) -> Any:
        if (verb == "POST") == bool(self.object):
            raise KubeError(409, "Conflict", "it is another by now")
        if verb == "PUT" and body["metadata"]["resourceVersion"] != str(self.version):
            raise KubeError(409, "Conflict", "it is another by now")
        self.object, self.version = body["data"]["state"], self.version + 1
        return {"metadata": {"resourceVersion": str(self.version)}}

    def restart_gate(self) -> None:
        """What gate/__main__.py does: the mode that is written down, closed in the midst of a move."""
        told: dict[str, Any] = (
            json.loads(self.object) if self.object else {"mode": self.ledger.first, "epoch": 0, "peer": ""}
        )
        self.mode = told["mode"] if told["mode"] in {"local", "peer"} else "closed"
        self.epoch = told["was"][1] if told.get("was") else told["epoch"]
        self.peer, self.served = told["peer"], 0
        self.knows = self.key.kept


class Kept:
    """The key that a site's API server keeps."""

    def __init__(self, world: World) -> None:
        self._world, self.kept = world, ""

    def read(self) -> str:
        return self.kept

    def write(self, key: str) -> None:
        self._world.step(lambda: self._keep(key))

    def _keep(self, key: str) -> None:
        self.kept = key


class Pod:
    """The pod of a workload with volumes: it `waits` for them, or `runs`."""

    def __init__(self, site: Site, runs: bool) -> None:
        self._site, self.runs, self.waits, self.stopped = site, runs, False, False
        self.key = ""

    def begin(self) -> None:
        self._site.world.step(self._begin)

    def _begin(self) -> None:
        # May it start? gate/carrier.py's rule, with nothing on its volumes that the move under way has let in.
        assert not self._site.object or json.loads(self._site.object)["mode"] != "local"
        self.waits = not self.runs

    def end(self) -> None:
        self._site.world.step(self._end)

    def _end(self) -> None:
        self.runs = self.waits = self.stopped = False

    def tell(self, *words: str) -> dict[str, Any]:
        self._site.world.step(lambda: self._tell(*words))
        return {}

    def _tell(self, what: str, key: str = "", _epoch: str = "") -> None:
        if what == "thaw":
            self.stopped = False
        else:
            self.key = key


def _work(carried: bool) -> Any:
    context = SimpleNamespace(volumes=True)
    return SimpleNamespace(name="app", carried=carried, mobility=SimpleNamespace(context=context if carried else None))
