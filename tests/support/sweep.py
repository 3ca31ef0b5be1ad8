"""Kills runs at every point at which they touch the disk or the cluster, to see what one plain re-run makes of it.

A process that has imported everything forks one child a run; the child counts its own steps (a write to the journal, a
file of the state written, copied or deleted, a request that changes the cluster) and kills itself by SIGKILL right
before or right after the one it was given. `python -m tests.support.sweep` sweeps one lane and prints a line a point:
lanes in namespaces of their own run beside each other, each takes every n-th point.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import signal
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mecctl.engine.engine import Engine
from mecctl.engine.kube import KubeClient
from mecctl.engine.kube.transport import Transport
from mecctl.engine.objects import secrets
from mecctl.engine.project.program import Program
from mecctl.engine.state import Resource, StackState, backend
from mecctl.engine.state.folder import FolderStore
from mecctl.engine.state.integrity import faults
from mecctl.engine.state.log import FileLog
from mecctl.engine.state.s3 import S3Store
from mecctl.plan.progress import Silent
from tests.support.canaries import found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PASSPHRASE = "a passphrase for tests"
PROGRAM = """
import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes.core.v1 import ConfigMap, Secret

config = pulumi.Config()
ns, v = config.require("ns"), config.require("v")

def make(name, real=None, kind=ConfigMap, **more):
    opts = more.pop("opts", None)
    metadata = {"namespace": ns, "labels": {"made": "here"}, **({"name": real} if real else {})}
    return kind(name, metadata=metadata, opts=opts, **more)

group = pulumi.ComponentResource("case:index:Group", "group")
plain = [make(f"plain-{n}", f"plain-{n}", data={"v": v}, opts=ResourceOptions(parent=group)) for n in range(2)]
make("fixed", "fixed", data={"v": v}, immutable=True, opts=ResourceOptions(depends_on=plain[:1]))
named = make("named", f"named-{v}", data={"v": v})
make("needs", "needs", data={"name": named.metadata["name"]})
make("auto", data={"v": v}, immutable=True)
make("secret", "secret", kind=Secret, string_data={"k": pulumi.Output.secret("canary-" + v)})
make("old" if v == "1" else "new", "old" if v == "1" else "new", data={"v": v})
pulumi.export("name", named.metadata["name"])
"""
_VOLATILE = {"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink"}
_STEPS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (FileLog, ("append", "remove")),
    (FolderStore, ("put", "copy", "delete")),
    (S3Store, ("put", "put_if_absent", "copy", "delete")),
    (Transport, ("send",)),
)


class Counter:
    """Counts the steps of this process, before and after each; at `at` the process is gone."""

    def __init__(self, at: int | None) -> None:
        self.count = 0
        self._at = at
        self._lock = threading.Lock()

    def wrap(self, owner: type, name: str) -> None:
        real = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            if owner is Transport and (args[1] == "GET" or "dryRun" in (kwargs.get("params") or {})):
                return real(*args, **kwargs)
            self._step()
            answer = real(*args, **kwargs)
            self._step()
            return answer

        setattr(owner, name, counted)

    def _step(self) -> None:
        with self._lock:
            self.count += 1
            if self.count == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


class Lane:
    """One stack in one namespace, taken from state to state."""

    def __init__(self, folder: Path, kubeconfig: Path, ns: str, place: str = "") -> None:
        self.folder, self.kubeconfig, self.ns = folder, kubeconfig, ns
        self.place = place or folder / "state"
        self.backend = backend(self.place)
        program = folder / "program"
        program.mkdir(parents=True)
        (program / "Pulumi.yaml").write_text("name: case\nruntime: python\n")
        (program / "__main__.py").write_text(PROGRAM)

    def run(self, goal: str, at: int | None = None) -> tuple[bool, int]:
        """Bring the stack to a goal (`1`, `2`, `gone`) in a child; whether it was killed, and at which step."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._act(goal, at, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return True, at or 0
        assert os.waitstatus_to_exitcode(status) == 0, f"the run to {goal} failed"
        return False, int(said)

    def _act(self, goal: str, at: int | None, writing: int) -> None:
        """Be the child."""
        try:
            counter = Counter(at)
            for owner, names in _STEPS:
                for name in names:
                    counter.wrap(owner, name)
            with Engine(self.place, self.kubeconfig, PASSPHRASE, Silent()) as engine:
                if goal == "gone":
                    engine.destroy("case", "dev")
                else:
                    engine.up(Program(self.folder / "program", "dev", {"case:ns": self.ns, "case:v": goal}))
            os.write(writing, str(counter.count).encode())
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - the parent reads it
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)

    def seen(self) -> dict[str, Any]:
        """Return what is in the cluster and what the state says, without what differs from one run to the next."""
        with KubeClient.from_kubeconfig(self.kubeconfig) as client:
            listed = [one for kind in ("ConfigMap", "Secret") for one in client.list("v1", kind, self.ns, "made=here")]
        state = StackState(self.backend, "case", "dev", _crypter).read()
        latest = state.deployment() or {}
        records = {f"{one.urn}{' (going)' if one.delete else ''}": _told(one) for one in state.resources.values()}
        left = [one.key for one in self.backend.store.list("") if not one.key.endswith(".lock")]
        return {
            "objects": _still(sorted((one["metadata"]["name"], one["data"]) for one in listed)),
            "resources": records,
            "pending": [*state.pending, *state.condemned],
            "faults": list(faults(latest)),
            "left over": [
                key for key in left if key.startswith(("journal/", ".pulumi/locks/")) or key.endswith(".tmp")
            ],
        }

    def leaks(self) -> list[str]:
        """Return where the state has a secret in the clear."""
        store = self.backend.store
        every = [store.get(one.key) or b"" for one in store.list("")]
        return [leak for v in "12" for leak in found(f"canary-{v}", *every)]

    def forget(self) -> None:
        """Let the stack be a new one, that has no checkpoint."""
        store = self.backend.store
        folders = (".pulumi/stacks/case/", ".pulumi/history/case/dev/", ".pulumi/backups/case/dev/")
        store.delete(*(one.key for folder in folders for one in store.list(folder)))


def sweep(lane: Lane, number: int, of: int) -> Iterator[dict[str, Any]]:
    """Yield a finding a point: the scenario, the step, whether it was hit, and what is wrong afterwards."""
    straight: dict[str, Any] = {}
    steps: dict[tuple[str, str], int] = {}
    for before, goal in (("gone", "1"), ("1", "2"), ("2", "1"), ("1", "gone")):
        steps[(before, goal)] = lane.run(goal)[1]
        straight[goal] = lane.seen()
    lane.run("gone")

    def finding(before: str, goal: str, *killed_at: int) -> dict[str, Any]:
        hits = [lane.run(goal, at)[0] for at in killed_at]
        clear = lane.leaks()
        again = lane.run(goal)
        now = lane.seen()
        wrong = [*clear, *_different(now, straight[goal])]
        return {"from": before, "to": goal, "at": killed_at, "hit": all(hits) and not again[0], "wrong": wrong}

    def points(before: str, goal: str) -> range:
        return range(1 + number, steps[(before, goal)] + 1, of)

    for made, gone in _paired(points("gone", "1"), points("1", "gone")):
        lane.forget()
        yield finding("gone", "1", made)
        yield finding("1", "gone", gone)
    lane.run("1")
    for there, back in _paired(points("1", "2"), points("2", "1")):
        yield finding("1", "2", there)
        yield finding("2", "1", back)
    # Killed in the middle, and then again at every point of the recovery.
    middle = steps[("1", "2")] // 2
    for first, second in _paired(points("1", "2")[::2], points("2", "1")[1::2]):
        yield finding("1", "2", middle, first)
        yield finding("2", "1", middle, second)


def _paired(one: range, other: range) -> Iterator[tuple[int, int]]:
    for index in range(max(len(one), len(other))):
        yield one[index % len(one)], other[index % len(other)]


def _different(now: Any, wanted: Any, path: str = "") -> Iterator[str]:
    if isinstance(now, dict) and isinstance(wanted, dict) and now.keys() == wanted.keys():
        for key in now:
            yield from _different(now[key], wanted[key], f"{path}/{key}")
    elif now != wanted:
        yield f"{path}: {now} is not {wanted}"


def _told(resource: Resource) -> Any:
    plain = {name: value for name, value in vars(resource).items() if name not in ("created", "modified", "provider")}
    if resource.type.startswith("pulumi:providers:"):
        plain.pop("id")
    return _still(plain)


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _still(inner) for key, inner in value.items() if key not in _VOLATILE}
    if isinstance(value, str):  # the name of a replaced object follows from the one before
        return re.sub(r"\bauto-[0-9a-f]{8}\b", "auto", value)
    return [_still(inner) for inner in value] if isinstance(value, list | tuple) else value


_keys: dict[str, secrets.Crypter] = {}


def _crypter(salt: str | None) -> secrets.Crypter:
    name = salt or ""
    if name not in _keys:
        _keys[name] = secrets.Crypter.resume(PASSPHRASE, salt) if salt else secrets.Crypter.fresh(PASSPHRASE)
    return _keys[name]


def _warm_up() -> None:
    """Do once what every run would do again: import, and derive the key of the one salt that is used."""
    for name in (
        "mecctl.engine.sdk.host",
        "mecctl.engine.sdk.monitor",
        "pulumi_kubernetes.core.v1",
        "pulumi_kubernetes.meta.v1",
    ):
        importlib.import_module(name)
    derive: Callable[..., bytes] = lru_cache(hashlib.pbkdf2_hmac)
    hashlib.pbkdf2_hmac = derive
    secrets.Crypter.fresh = classmethod(lambda cls, passphrase: cls(passphrase, b"saltsalt"))  # type: ignore[method-assign,assignment]
    secrets.Crypter(PASSPHRASE, b"saltsalt").encrypt("x")


def main() -> None:
    """Sweep the lane that the command line names."""
    folder, kubeconfig, ns, number, of, *place = sys.argv[1:]
    _warm_up()
    for one in sweep(Lane(Path(folder), Path(kubeconfig), ns, *place), int(number), int(of)):
        sys.stdout.write(f"{json.dumps(one)}\n")


if __name__ == "__main__":
    main()
