"""The client against a real API server."""

import threading
import time
import uuid
from typing import Any

import pytest

from mecctl.engine.kube import ConflictError, KubeClient, KubeError
from mecctl.errors import MecctlError
from tests.support.cases import until
from tests.support.proxy import Answer, Proxy

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def client(api_server):
    with api_server.client() as client:
        yield client


@pytest.fixture
def ns(client):
    name = f"client-{uuid.uuid4().hex[:8]}"
    client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return name


def config_map(ns: str, name: str = "a", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": ns}, "data": data}


def test_apply_get_list_delete(client, ns):
    applied, created = client.apply_status(config_map(ns, k="1"))
    assert created
    assert client.apply_status(config_map(ns, k="2"))[1] is False
    assert client.get("v1", "ConfigMap", "a", ns)["data"] == {"k": "2"}
    assert client.apply(config_map(ns, k="3"), dry_run=True)["data"] == {"k": "3"}
    listed = [one for one in client.list("v1", "ConfigMap", ns) if one["metadata"]["name"] == "a"]
    assert listed[0]["kind"] == "ConfigMap"
    assert listed[0]["data"] == {"k": "2"}
    assert client.delete(applied, wait=10) is True
    assert client.delete(applied, wait=10) is False
    with pytest.raises(KubeError) as missing:
        client.get("v1", "ConfigMap", "a", ns)
    assert (missing.value.status, missing.value.reason) == (404, "NotFound")


def test_a_delete_spares_another_object_of_the_same_name(client, ns):
    first = client.apply(config_map(ns, k="1"))
    client.delete(first, wait=10)
    client.apply(config_map(ns, k="2"))
    assert client.delete(first, wait=10) is False
    assert client.get("v1", "ConfigMap", "a", ns)["data"] == {"k": "2"}


def test_a_delete_waits_for_finalizers_and_names_them(client, ns):
    held = config_map(ns, k="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    live = client.apply(held)
    with pytest.raises(MecctlError, match="not gone") as late:
        client.delete(live, wait=1.2)
    assert "example.com/hold" in str(late.value)

    def release() -> None:
        time.sleep(0.3)
        path = f"/api/v1/namespaces/{ns}/configmaps/a"
        patch = {"Content-Type": "application/merge-patch+json"}
        client.request("PATCH", path, body={"metadata": {"finalizers": None}}, headers=patch)

    thread = threading.Thread(target=release)
    thread.start()
    client.delete(live, wait=10)
    thread.join()


def test_a_volume_that_a_claim_holds_names_the_claim(client, ns):
    """Both are of a class of their own, so that no other claim is bound to the volume."""
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": ns}
    volume = client.apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": ns},
            "spec": {**spec, "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/nowhere"}},
        }
    )
    claim = client.apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "disk", "namespace": ns},
            "spec": {**spec, "resources": {"requests": {"storage": "1Gi"}}},
        }
    )
    until(lambda: client.get("v1", "PersistentVolume", ns).get("status", {}).get("phase") == "Bound", within=30)
    with pytest.raises(MecctlError, match="not gone") as held:
        client.delete(volume, wait=1)
    assert f"bound to the claim {ns}/disk" in str(held.value)
    client.delete(claim, wait=30)
    client.wait_gone(volume, 30)


def test_another_managers_fields_are_a_conflict_unless_forced(client, ns):
    client.request(
        "POST", f"/api/v1/namespaces/{ns}/configmaps", params={"fieldManager": "other"}, body=config_map(ns, k="1")
    )
    with pytest.raises(ConflictError) as conflict:
        client.apply(config_map(ns, k="2"))
    assert conflict.value.owners == (("other", ".data.k"),)
    assert client.apply(config_map(ns, k="2"), force=True)["data"] == {"k": "2"}


def test_watch_tells_what_is_there_then_what_happens(client, ns):
    client.apply(config_map(ns, k="1"))
    events = client.watch("v1", "ConfigMap", ns, name="a", timeout=10)
    first, second = next(events), next(events)
    assert (first.type, first.object["data"], first.object["kind"]) == ("ADDED", {"k": "1"}, "ConfigMap")
    assert second.type == "SYNCED"
    client.apply(config_map(ns, k="2"))
    third = next(events)
    assert (third.type, third.object["data"]) == ("MODIFIED", {"k": "2"})
    client.delete(third.object)
    assert next(events).type == "DELETED"
    events.close()


def test_watch_ends_in_time(client, ns):
    began = time.monotonic()
    assert [event.type for event in client.watch("v1", "ConfigMap", ns, name="a", timeout=1)] == ["SYNCED"]
    assert time.monotonic() - began < 5


def test_a_list_takes_every_page(client, ns, monkeypatch):
    monkeypatch.setattr("mecctl.engine.kube.client._PAGE", "2")
    for number in range(5):
        client.apply(config_map(ns, f"page-{number}"))
    names = [one["metadata"]["name"] for one in client.list("v1", "ConfigMap", ns)]
    assert sorted(name for name in names if name.startswith("page-")) == [f"page-{number}" for number in range(5)]


def test_an_unknown_kind_is_told(client):
    with pytest.raises(KubeError, match="doesn't serve") as unknown:
        client.get("example.com/v1", "Nothing", "x")
    assert unknown.value.reason == "NoKind"


def custom_kind(group: str, *served: str) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object"}}
    versions = [
        {"name": name, "served": name in served, "storage": name == "v2", "schema": schema} for name in ("v1", "v2")
    ]
    names = {"plural": "gadgets", "kind": "Gadget"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": versions},
    }


def gadget(client, ns: str, group: str) -> dict[str, Any]:
    """A kind of v1 and v2, known to the client in both, and an object of it."""
    client.apply(custom_kind(group, "v1", "v2"))
    until(lambda: len(client.versions(f"{group}/v1", "Gadget")) == 2)
    obj = {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": {"name": "one", "namespace": ns}}
    until(lambda: applied(client, obj))
    return obj


def applied(client, obj: dict[str, Any]) -> bool:
    try:
        client.apply(obj)
    except KubeError as error:
        if error.status == 404:
            return False
        raise
    return True


def test_objects_whose_kind_went_since_it_was_known_are_gone(client, ns):
    group = f"{ns}.example.com"
    obj = gadget(client, ns, group)
    client.delete(custom_kind(group), wait=30)
    until(lambda: client.versions(f"{group}/v1", "Gadget") == [])
    with pytest.raises(KubeError) as gone:
        client.get(obj["apiVersion"], "Gadget", "one", ns)
    assert gone.value.reason == "NoKind"
    client.wait_gone(obj, 5)
    assert client.delete(obj, wait=5) is False


def test_objects_go_by_another_version_where_theirs_is_served_no_more(client, ns):
    group = f"{ns}.example.com"
    obj = gadget(client, ns, group)
    client.apply(custom_kind(group, "v2"))
    until(lambda: client.versions(f"{group}/v1", "Gadget") == [f"{group}/v2"])
    assert client.delete(obj, wait=10) is True
    client.delete(custom_kind(group), wait=30)


def test_a_page_that_something_else_serves_says_nothing_of_an_object(client, ns, api_server, tmp_path):
    obj = client.apply(config_map(ns, k="1"))
    proxy = Proxy(api_server.kubeconfig, tmp_path)
    with proxy.serving(), KubeClient.from_kubeconfig(proxy.kubeconfig) as far:
        proxy.rule = lambda _method, path: None if path.startswith("/apis") else Answer(404, b"no such page")
        with pytest.raises(KubeError, match="no such page"):
            far.delete(obj)
        proxy.rule = lambda _method, _path: Answer(404, b"no such page")
        with pytest.raises(KubeError, match="no such page"):
            far.delete({**obj, "apiVersion": "example.com/v1"})
    assert client.get("v1", "ConfigMap", "a", ns)["data"] == {"k": "1"}


def test_any_request_can_be_sent(client):
    assert client.request("GET", "/version")["major"] == "1"
    assert client.request("GET", "/readyz") == "ok"
