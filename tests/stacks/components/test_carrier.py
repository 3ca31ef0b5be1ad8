"""The carrier beside a workload that moves with its volumes."""

from tests.stacks.components.test_gate import CACHE, MOBILITY, made
from tests.stacks.pod_security import violations

VOLUMES = MOBILITY | {"context": {"volumes": True}}
DATA = [{"name": "data", "path": "/var/lib/cache", "size": "1Gi"}]


def moved(home="lab"):
    return made(storage=DATA, mobility=VOLUMES | {"home": home})


def test_there_is_a_pod_at_home_only():
    assert [moved(home).find("StatefulSet", "cache")["spec"]["replicas"] for home in ("lab", "north")] == [1, 0]


def test_the_carrier_sees_the_volumes_and_the_processes_and_holds_the_start_up():
    pod = moved().find("StatefulSet", "cache")["spec"]["template"]["spec"]
    (carrier,) = pod["initContainers"]

    assert pod["shareProcessNamespace"] is True
    assert (carrier["name"], carrier["restartPolicy"], carrier["stdin"]) == ("carrier", "Always", True)
    assert carrier["startupProbe"]["httpGet"] == {"path": "/started", "port": 9479}
    assert {"name": "data", "mountPath": "/volumes/data"} in carrier["volumeMounts"]
    assert {"name": "FIRST", "value": "local"} in carrier["env"]
    assert {"name": "LISTENS", "value": "8080"} in carrier["env"]
    assert {"name": "state", "configMap": {"name": "cache-gate-state", "optional": True}} in pod["volumes"]
    assert violations(pod) == []


def test_its_gate_reaches_it_before_it_is_ready():
    here = moved().find("Service", "cache-here")["spec"]

    assert here["publishNotReadyAddresses"] is True
    assert [port["port"] for port in here["ports"]] == [8080, 9479]
    (container,) = moved().find("Deployment", "cache-gate")["spec"]["template"]["spec"]["containers"]
    assert {"name": "CARRIER", "value": "cache-here.slice-1-0000a1.svc.cluster.local:9479"} in container["env"]


def test_what_moves_without_volumes_has_none():
    pod = made().find("Deployment", "cache")["spec"]["template"]["spec"]

    assert "initContainers" not in pod
    assert "shareProcessNamespace" not in pod
    assert "publishNotReadyAddresses" not in made().find("Service", "cache-here")["spec"]
    assert CACHE["mobility"] == MOBILITY


def test_every_file_of_the_gate_is_shipped():
    code = moved().find("ConfigMap", "cache-gate")["data"]

    assert {"carrier.py", "trees.py", "processes.py", "haproxy.cfg", "gate.lua"} <= set(code)
