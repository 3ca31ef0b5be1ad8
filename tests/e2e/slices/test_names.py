"""Workloads found by name on a real site: by those who may, inside and outside, and only while one is ready."""

import json
import time
import urllib.request
from collections.abc import Iterator

import pytest

from mecctl import dns
from mecctl.engine.kube import KubeClient
from tests.support import tenants
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e

CACHE, CONTROL, ALIAS = "cache.embb.mec.lab", "control.urllc.mec.lab", "video.example.com"
EMBB, URLLC = "slice-1-0000a1", "slice-2-0000b2"
ASK = """
import json, socket, sys, time
def asked(name):
    try:
        return socket.gethostbyname(name)
    except socket.gaierror:
        return ""
end = time.monotonic() + 5  # the name server may hear of this pod later than the pod asks
while not asked(sys.argv[1]) and time.monotonic() < end:
    time.sleep(0.1)
print(json.dumps({name: asked(name) for name in sys.argv[1:]}))
"""


@pytest.fixture
def client(sliced: LiveSite) -> Iterator[KubeClient]:
    with KubeClient.from_kubeconfig(sliced.folder.state / "kubeconfig") as found:
        yield found


def asked(client: KubeClient, namespace: str) -> dict[str, str]:
    """What a pod of the slice is told of all names; empty where there is no such name."""
    made = tenants.pod("asker", namespace)
    made["spec"]["restartPolicy"] = "Never"
    made["spec"]["containers"][0] |= {
        "image": "mecctl.io/python:1",
        "command": ["python3", "-c", ASK, CACHE, CONTROL, ALIAS],
    }
    client.create(made)
    try:
        for event in client.watch("v1", "Pod", namespace, timeout=60):
            pod = event.object
            if pod.get("metadata", {}).get("name") == "asker" and pod["status"].get("phase") == "Succeeded":
                found: dict[str, str] = json.loads(client.logs(namespace, "asker"))
                return found
    finally:
        client.delete(made)
    raise AssertionError


GET = """
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=10).status)
"""


def fetched(client: KubeClient, namespace: str, url: str) -> str:
    """What a pod of the slice gets from there."""
    made = tenants.pod("fetcher", namespace)
    made["spec"]["restartPolicy"] = "OnFailure"  # the name server may hear of this pod later than it asks
    made["spec"]["containers"][0] |= {"image": "mecctl.io/python:1", "command": ["python3", "-c", GET, url]}
    client.create(made)
    try:
        for event in client.watch("v1", "Pod", namespace, name="fetcher", timeout=90):
            if event.type != "SYNCED" and event.object["status"].get("phase") == "Succeeded":
                return client.logs(namespace, "fetcher")
    finally:
        client.delete(made)
    raise AssertionError


def test_a_pod_finds_what_its_slice_may_reach_and_nothing_else(client: KubeClient) -> None:
    cache = client.get("v1", "Service", "cache", EMBB)["spec"]["clusterIP"]
    control = client.get("v1", "Service", "control", URLLC)["spec"]["clusterIP"]

    assert asked(client, EMBB) == {CACHE: cache, CONTROL: "", ALIAS: cache}
    assert asked(client, URLLC) == {CACHE: cache, CONTROL: control, ALIAS: cache}


def test_a_client_outside_finds_and_reaches_what_is_for_it(sliced: LiveSite) -> None:
    (server,) = [node.address for node in sliced.folder.site.nodes if node.name == "edge-2"]
    (record,) = dns.ask(server, f"_tcp-8080._tcp.{CACHE}", dns.SRV).records
    port = record[0]
    addresses = dns.ask(server, CACHE).records

    assert addresses
    assert dns.ask(server, ALIAS).records == addresses
    assert dns.ask(server, CONTROL).code == dns.REFUSED
    for address in addresses:
        # From this machine: a node of the cluster isn't outside.
        with urllib.request.urlopen(f"http://{address}:{port}/", timeout=5) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "namespace"),
    [("cache.embb", EMBB), ("legacy.video", "slice-1-0000c3"), ("analytics.meters", "slice-3")],
)
def test_a_container_a_machine_and_an_appd_are_found_inside_and_outside(
    sliced: LiveSite, client: KubeClient, name: str, namespace: str
) -> None:
    (server,) = [node.address for node in sliced.folder.site.nodes if node.name == "edge-2"]
    (record,) = dns.ask(server, f"_tcp-8080._tcp.{name}.mec.lab", dns.SRV).records
    port = record[0]
    (address, *_) = dns.ask(server, f"{name}.mec.lab").records
    with urllib.request.urlopen(f"http://{address}:{port}/", timeout=5) as answer:
        assert answer.status == 200
    inside = fetched(client, namespace, f"http://{name}.mec.lab:8080/")

    assert inside == "200\n"


def test_a_name_goes_and_comes_with_readiness(sliced: LiveSite, client: KubeClient) -> None:
    (server,) = [node.address for node in sliced.folder.site.nodes if node.name == "edge-2"]
    for pod in client.list("v1", "Pod", EMBB, label_selector="app.kubernetes.io/name=cache"):
        client.delete(pod)

    def told(*, there: bool) -> None:
        end = time.monotonic() + 30
        while bool(dns.ask(server, CACHE).records) is not there:
            assert time.monotonic() < end
            client.stop.pause(0.05)

    told(there=False)
    told(there=True)
