"""Deletes go against the direction of dependency, and around what fails."""

import threading
from collections.abc import Collection

from mecctl.engine.deletes import in_order
from mecctl.engine.state import Resource
from mecctl.errors import MecctlError


def one(name: str, *needs: str) -> Resource:
    return Resource(name, "t", custom=True, dependencies=needs)


def run(resources: list[Resource], broken: Collection[str] = ()) -> tuple[list[str], list[str]]:
    gone: list[str] = []
    failed: list[str] = []
    lock = threading.Lock()

    def delete(resource: Resource) -> None:
        if resource.urn in broken:
            raise MecctlError("no")
        with lock:
            gone.append(resource.urn)

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


def test_nothing_to_delete_is_fine():
    assert run([]) == ([], [])
