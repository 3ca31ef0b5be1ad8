"""Deletes go against the direction of dependency, and around what fails."""

import threading
from collections.abc import Collection
from dataclasses import replace

from mecctl.engine.run.deletes import in_order
from mecctl.engine.state import Resource
from mecctl.errors import MecctlError


def one(name: str, *needs: str) -> Resource:
    return Resource(name, "t", custom=True, dependencies=needs)


def run(resources: list[Resource], broken: Collection[str] = ()) -> tuple[list[str], list[str]]:
    gone: list[str] = []
    failed: list[str] = []
    lock = threading.Lock()

    def delete(group: list[Resource]) -> None:
        if group[0].urn in broken:
            raise MecctlError("no")
        with lock:
            gone.extend(resource.urn for resource in group)

    in_order(resources, delete, lambda resource, _: failed.append(resource.urn))
    return gone, failed


def test_what_needs_goes_before_what_is_needed():
    gone, failed = run([one("ns"), one("a", "ns"), one("b", "a", "ns"), one("c", "ns", "elsewhere")])
    assert failed == []
    assert gone.index("b") < gone.index("a") < gone.index("ns")
    assert gone[-1] == "ns"


def test_what_a_failed_one_needs_stays():
    gone, failed = run([one("ns"), one("a", "ns"), one("b", "a"), one("c", "ns"), one("d")], broken={"a"})
    assert failed == ["a"]
    assert set(gone) == {"b", "c", "d"}


def test_what_goes_along_waits_for_what_takes_it():
    def with_(name: str, leader: str, *needs: str) -> Resource:
        return replace(one(name, *needs), deleted_with=leader)

    ns = Resource("ns", "kubernetes:core/v1:Namespace", custom=True, outputs={"a": 1})
    gone, failed = run([ns, with_("a", "ns", "ns"), with_("b", "a", "a"), one("user", "a"), with_("c", "elsewhere")])
    assert failed == []
    assert gone.index("user") < gone.index("ns") < gone.index("a")
    assert set(gone) == {"ns", "a", "user", "c", "b"}
    gone, failed = run([ns, with_("a", "ns", "ns")], broken={"ns"})
    assert (gone, failed) == ([], ["ns"])
    kept = replace(ns, retain_on_delete=True)
    assert run([kept, with_("a", "ns", "ns")])[0] == ["a", "ns"]


def test_nothing_to_delete_is_fine():
    assert run([]) == ([], [])
