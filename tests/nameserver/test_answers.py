"""The real CoreDNS in front of a real API: who gets which answer, and how soon it follows readiness.

Pods are objects without a container; theirs are addresses of the loopback, which the questions come from.
"""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from guard.api import ApiError
from mecctl import dns
from nameserver.__main__ import Zones
from stacks.components import nameserver
from stacks.components.names import inside
from tests.stacks.rendering import site
from tests.support.apiserver import Daemon, _free_ports, install, running

EMBB, URLLC, IOT, CLIENT, STRANGER = "127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.2.1", "127.0.4.1"
CACHE = {"name": "cache", "slice": "embb", "image": "mecctl.io/web:1", "ports": [8080], "outside": ["127.0.2.0/24"]}
SITE = site(
    slices=[{"name": name, "snssai": {"sst": place}} for place, name in enumerate(("embb", "urllc", "iot"), 1)],
    workloads=[CACHE | {"dns": [{"name": "video.example.com", "ttl": 5}]}],
    policies=[{"from": {"slice": "urllc"}, "to": {"slice": "embb", "workload": "cache"}}],
    platform={"discovery": {"domain": "mec.lab", "addresses": ["edge-1"]}},
    peers=[{"name": "dead", "domain": "dead.lab", "addresses": ["127.0.3.1"]}],
)
NAME, MORE, SERVICE = "cache.embb.mec.lab", "video.example.com", "_tcp-8080._tcp.cache.embb.mec.lab"


class Lists:
    """The API as nameserver/ asks it, by an administrator's client."""

    def __init__(self, client):
        self._client = client

    def request(self, method, path):
        where, _, query = path.partition("?")
        return self._client.request(method, where, params=dict(part.split("=") for part in query.split("&")))


class Served:
    """Both name servers, and the cache's readiness."""

    def __init__(self, client, folder: Path) -> None:
        self._client, self._folder = client, folder
        self.inside, self.outside = _free_ports(2)
        lists: Any = Lists(client)
        self.zones = Zones(lists, self._write("settings.json", nameserver.settings(SITE)), folder)

    def ask(self, source: str, name: str = NAME, kind: int = dns.A) -> dns.Answer:
        return dns.ask("127.0.0.1", name, kind, port=self.inside, source=source)

    def ask_outside(self, source: str, name: str = NAME, kind: int = dns.A) -> dns.Answer:
        self.zones.look()
        return dns.ask("127.0.0.1", name, kind, port=self.outside, source=source)

    def ready(self, ready: bool) -> None:
        for name in ("cache", "cache-outside"):
            self._client.apply(_slice(name, ready), force=True)

    def start(self, name: str, text: str, port: int) -> Daemon:
        text = re.sub(r":53\b", f":{port}", text).replace("/zones/", f"{self._folder}/")
        text = text.replace("{$ADDRESS}", "127.0.0.1").replace(
            "pods verified", f"pods verified\n        kubeconfig {self._folder / 'kubeconfig'}"
        )
        return Daemon(self._folder, name, [self._folder / "coredns", "-conf", self._write(name, text)])

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / f"{name}.conf"
        path.write_text(text)
        return path


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    install(folder, "coredns")
    with running(folder) as api, api.client() as client:
        for one in _objects():
            client.create(one)
        for part, address in (("slice-1", EMBB), ("slice-2", URLLC), ("slice-3", IOT)):
            pod = client.get("v1", "Pod", "asking", part)
            pod["status"] = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
            client.request("PUT", f"/api/v1/namespaces/{part}/pods/asking/status", body=pod)
        made = Served(client, folder)
        made.ready(True)
        made.zones.look()
        daemons = [
            made.start("inside", "\n".join([*inside(SITE), ""]), made.inside),
            made.start("outside", nameserver.corefile(SITE), made.outside),
        ]
        try:
            assert within(60, lambda: made.ask(EMBB).records and made.ask_outside(CLIENT).records), said(folder)
            yield made
        finally:
            for daemon in daemons:
                daemon.kill()


def _objects():
    for part in ("slice-1", "slice-2", "slice-3"):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": part}}
        pod = {"containers": [{"name": "one", "image": "one:1"}], "nodeName": "edge-1"}
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "asking", "namespace": part}, "spec": pod}
    port = {"name": "tcp-8080", "protocol": "TCP", "port": 8080}
    for name, spec in (("cache", {"clusterIP": "10.43.0.99"}), ("cache-outside", {"type": "NodePort"})):
        about = {"name": name, "namespace": "slice-1", "labels": {"mec.io/outside": "cache"} if "-" in name else {}}
        yield {"apiVersion": "v1", "kind": "Service", "metadata": about, "spec": {**spec, "ports": [port]}}


def _slice(service: str, ready: bool):
    labels = {"kubernetes.io/service-name": service, **({"mec.io/outside": "cache"} if "-" in service else {})}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"{service}-1", "namespace": "slice-1", "labels": labels},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.42.0.9"], "conditions": {"ready": ready}, "nodeName": "edge-1"}],
        "ports": [{"name": "tcp-8080", "protocol": "TCP", "port": 8080}],
    }


def within(seconds: float, holds) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return True
        except (OSError, ApiError):
            pass
        time.sleep(0.05)
    return False


def said(folder: Path) -> str:
    return "\n".join(path.read_text()[-2000:] for name in ("inside", "outside") for path in folder.glob(f"{name}.log"))


def test_the_own_slice_and_one_with_an_opening_find_it(served):
    for source in (EMBB, URLLC):
        assert served.ask(source) == dns.Answer(dns.NO_ERROR, ("10.43.0.99",), 1)
    assert served.ask(EMBB, SERVICE, dns.SRV).records == ((8080, "cache.slice-1.svc.cluster.local"),)


def test_tcp_says_the_same(served):
    inside = dns.ask("127.0.0.1", NAME, port=served.inside, source=EMBB, tcp=True)
    outside = dns.ask("127.0.0.1", NAME, port=served.outside, source=CLIENT, tcp=True)
    stranger = dns.ask("127.0.0.1", NAME, port=served.outside, source=STRANGER, tcp=True)

    assert (inside.records, outside.records, stranger.code) == (("10.43.0.99",), ("10.77.0.11",), dns.REFUSED)


def test_another_slice_and_a_pod_of_none_find_nothing(served):
    for source in (IOT, STRANGER):
        assert served.ask(source) == dns.Answer(dns.NO_SUCH_NAME)


def test_what_is_below_a_name_is_not_there(served):
    assert served.ask(EMBB, f"more.{NAME}") == dns.Answer(dns.NO_SUCH_NAME)
    assert served.ask(EMBB, "else.embb.mec.lab") == dns.Answer(dns.NO_SUCH_NAME)


def test_another_name_of_it_with_its_own_seconds(served):
    assert served.ask(EMBB, MORE) == dns.Answer(dns.NO_ERROR, ("10.43.0.99",), 5)
    assert served.ask_outside(CLIENT, MORE) == dns.Answer(dns.NO_ERROR, ("10.77.0.11",), 5)


def test_clients_outside_get_the_nodes_that_are_ready_and_their_port(served):
    assert served.ask_outside(CLIENT) == dns.Answer(dns.NO_ERROR, ("10.77.0.11",), 1)
    ((port, target),) = served.ask_outside(CLIENT, SERVICE, dns.SRV).records
    assert port >= 30000
    assert target == NAME


def test_all_others_outside_are_refused(served):
    for source, name in ((STRANGER, NAME), (STRANGER, "example.org"), (CLIENT, "example.org"), (IOT, NAME)):
        assert served.ask_outside(source, name) == dns.Answer(dns.REFUSED)


def test_a_dead_peer_fails_at_once_and_holds_up_nobody(served):
    assert within(10, lambda: served.ask(EMBB, "app.slice.dead.lab").code == dns.SERVER_FAILURE)
    began = time.monotonic()
    assert served.ask(EMBB, "app.slice.dead.lab").code == dns.SERVER_FAILURE
    assert served.ask(EMBB).records
    assert time.monotonic() - began < 0.5


def test_answers_follow_readiness_within_two_seconds(served):
    for ready in (False, True):
        served.ready(ready)
        assert within(2, lambda r=ready: bool(served.ask(EMBB).records) is r)
        assert within(2, lambda r=ready: bool(served.ask_outside(CLIENT).records) is r)
