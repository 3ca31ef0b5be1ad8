"""What resources say about their end: with what they go, in which order, and whether at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import Case, told

pytestmark = pytest.mark.e2e

BOX = """
class Box(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("test:box:Box", name, None, opts)
        ConfigMap("inner", metadata={"namespace": ns, "name": "inner"}, opts=ResourceOptions(parent=self))
"""
MADE = 'ConfigMap("a", metadata={{"namespace": ns, "name": "a"}}, data={{"k": config.get("k")}}, immutable=True{more})'


def seen(case: Case, act: Callable[[], object]) -> list[str]:
    """Return what a watch of the namespace tells from when `act` begins until an object is there anew."""
    events: list[str] = []
    synced = False
    for event in case.client.watch("v1", "ConfigMap", case.ns, timeout=30):
        if event.type == "SYNCED":
            act()
            synced = True
        elif synced:
            events.append(f"{event.type} {event.object['metadata']['name']}")
            if event.type == "ADDED":
                break
    return events


def test_what_goes_with_another_is_not_deleted_by_itself(case):
    """The follower's finalizer would hold up a delete of its own; nobody asks for one."""
    source = """
    leader = ConfigMap("leader", metadata={"namespace": ns, "name": "leader"})
    ConfigMap("follower", metadata={"namespace": ns, "name": "follower", "finalizers": ["example.com/held"]},
        opts=ResourceOptions(deleted_with=leader))
    """
    case.up(source)
    urns = {record["urn"].split("::")[-1]: record for record in case.checkpoint()["resources"]}
    assert urns["follower"]["deletedWith"] == urns["leader"]["urn"]
    assert case.preview("").changes == (outcome := case.up("")).changes
    assert {(change.action, change.name, change.reason) for change in outcome.changes} == {
        ("delete", "leader", "is no longer in the program"),
        ("delete", "follower", "goes with leader"),
    }
    assert case.names() == {"follower"}
    assert "deletionTimestamp" not in case.get("ConfigMap", "follower")["metadata"]
    assert case.destroy().changes == ()


def test_what_loses_only_itself_is_deleted(case):
    source = """
    leader = ConfigMap("leader", metadata={"namespace": ns, "name": "leader"})
    ConfigMap("follower", metadata={"namespace": ns, "name": "follower"}, opts=ResourceOptions(deleted_with=leader))
    """
    case.up(source)
    assert told(case.up(source.split("    ConfigMap", maxsplit=1)[0])) == [("delete", "follower")]
    assert case.names() == {"leader"}


def test_a_protected_follower_keeps_its_leader(case):
    case.up("""
    leader = ConfigMap("leader", metadata={"namespace": ns, "name": "leader"})
    ConfigMap("follower", metadata={"namespace": ns, "name": "follower"},
        opts=ResourceOptions(deleted_with=leader, protect=True))
    """)
    with pytest.raises(ProgramError, match="follower: it would be deleted"):
        case.destroy()
    assert case.names() == {"leader", "follower"}


@pytest.mark.parametrize("said", ["protect", "retain_on_delete", "deleted_with"])
def test_children_inherit_what_their_component_says(case, said):
    value = "leader" if said == "deleted_with" else "True"
    leader = 'leader = ConfigMap("leader", metadata={"namespace": ns, "name": "leader"})\n'
    case.up(BOX + leader + f'Box("box", ResourceOptions({said}={value}))')
    record = next(one for one in case.checkpoint()["resources"] if one["urn"].endswith("inner"))
    assert record[{"retain_on_delete": "retainOnDelete", "deleted_with": "deletedWith"}.get(said, said)]
    if said == "protect":
        with pytest.raises(ProgramError, match="protected"):
            case.destroy()
    else:
        case.destroy()
    assert case.names() == ({"inner", "leader"} if said == "protect" else {"inner"})


def test_a_retained_object_is_told_to_stay(case):
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"}, opts=ResourceOptions(retain_on_delete=True))')
    assert case.preview("").changes == (outcome := case.up("")).changes
    assert outcome.changes[0].reason.endswith("its object stays (retain_on_delete)")
    assert case.names() == {"a"}


def test_an_object_made_anew_by_others_is_not_deleted(case):
    """The delete carries the uid of the object that the stack made."""
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"})')
    case.client.delete(case.get("ConfigMap", "a"), wait=10)
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": case.ns}}
    uid = case.client.create(theirs)["metadata"]["uid"]
    case.destroy()
    assert case.get("ConfigMap", "a")["metadata"]["uid"] == uid


def test_a_fixed_name_is_given_free_before_the_new_object_takes_it(case):
    """The old object goes before the new one comes, since both can't be there under one name."""
    source = MADE.format(more="")
    case.up(source, k="1")
    assert seen(case, lambda: case.up(source, k="2")) == ["DELETED a", "ADDED a"]
    assert case.get("ConfigMap", "a")["data"] == {"k": "2"}


def test_delete_before_replace_goes_first_under_another_name_too(case):
    source = """
    ConfigMap("a", metadata={"namespace": ns, "name": config.require("name"), "finalizers": ["example.com/held"]},
        opts=ResourceOptions(delete_before_replace=True))
    """
    case.up(source, name="one")
    assert told(case.preview(source, name="two")) == [("replace", "a")]
    names: list[set[str]] = []

    def let_go() -> None:
        for event in case.client.watch("v1", "ConfigMap", case.ns, name="one", timeout=20):
            if event.type not in ("SYNCED", "DELETED") and event.object["metadata"].get("deletionTimestamp"):
                names.append(case.names())
                patch = {"metadata": {"finalizers": None}}
                path = f"/api/v1/namespaces/{case.ns}/configmaps/one"
                headers = {"Content-Type": "application/merge-patch+json"}
                case.client.request("PATCH", path, body=patch, headers=headers)
                return

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(let_go)
        case.up(source.replace('"finalizers": ["example.com/held"]', '"labels": {}'), name="two")
        watching.result()
    assert names == [{"one"}]
    assert case.names() == {"two"}
