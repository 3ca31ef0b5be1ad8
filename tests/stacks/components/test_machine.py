"""A virtual machine as QEMU in a pod, and as KubeVirt's, which has its own schema to hold to."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.stacks.pod_security import violations
from tests.stacks.rendering import URLLC, VIDEO, render, site

SCHEMA = json.loads((Path(__file__).parents[2] / "data/kubevirt/virtualmachine.swagger.json").read_text())
LEGACY = {
    "name": "legacy",
    "slice": "video",
    "architecture": "amd64",
    "annotations": {"mec.io/x": "y"},
    "vm": {"disk": "x/disk:1", "cpus": 2, "memory": "512Mi", "cloudInit": "#cloud-config\n", "ports": [8080]},
}
OWN = {"name": "edge-3", "address": "10.77.0.13", "roles": ["agent"], "pool": "own"}


def made(work: Any = LEGACY, **spec: Any) -> Any:
    return render("workloads", site(**{"slices": [VIDEO, URLLC], "workloads": [work], "lab": {}, **spec}))


def pod(work: Any = LEGACY, **spec: Any) -> Any:
    return made(work, **spec).find("Deployment")["spec"]["template"]


def test_the_machine_gets_what_it_is_told():
    spec = pod()["spec"]
    (container,) = spec["containers"]
    told = {one["name"]: one.get("value") for one in container["env"]}

    assert container["image"] == "mecctl.io/qemu:1"
    assert container["resources"]["limits"] == {"cpu": "2", "memory": "704Mi"}
    assert told == {"NAME": "legacy", "CPUS": "2", "MEMORY": "512", "PORTS": "tcp:8080", "INSTANCE": None}
    assert {"name": "disk", "image": {"reference": "x/disk:1", "pullPolicy": "IfNotPresent"}} in spec["volumes"]
    assert spec["nodeSelector"] == {"kubernetes.io/arch": "amd64"}
    assert spec["terminationGracePeriodSeconds"] == 60


def test_it_is_admitted_as_restricted():
    assert violations(pod()["spec"]) == []


def test_other_user_data_starts_another_machine():
    other = {**LEGACY, "vm": LEGACY["vm"] | {"cloudInit": "#cloud-config\nhostname: x\n"}}  # type: ignore[operator]
    files = made().find("ConfigMap", "legacy-machine")["data"]

    assert files["user-data"] == "#cloud-config\n"
    assert "__main__.py" in files
    assert pod()["metadata"]["annotations"] != pod(other)["metadata"]["annotations"]


def test_a_machine_is_replaced_in_its_place():
    strategy = made().find("Deployment")["spec"]["strategy"]

    assert strategy["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_it_is_ready_when_the_guest_answers_or_as_the_site_file_says():
    plain = pod()["spec"]["containers"][0]
    for probe in ("startupProbe", "readinessProbe"):
        assert plain[probe]["exec"] == {"command": ["test", "-e", "/machine/ready"]}
    own = pod({**LEGACY, "probes": {"readiness": {"http": {"path": "/"}}}})["spec"]["containers"][0]

    assert own["readinessProbe"]["httpGet"]["port"] == 8080
    assert not {"startupProbe", "livenessProbe"} & own.keys()


def kubevirt(**more: Any) -> Any:
    return made(platform={"machines": {"by": "kubevirt"}}, **more)


@pytest.mark.parametrize("part", [{}, {"isolation": "physical", "pool": "own"}])
def test_kubevirts_machine_holds_to_kubevirts_schema(part):
    nodes = [{"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]}, OWN]
    machine = kubevirt(slices=[VIDEO | part], nodes=nodes).find("VirtualMachine")
    schema = {**SCHEMA, **closed(SCHEMA["definitions"]["v1.VirtualMachine"])}
    for one in SCHEMA["definitions"].values():
        closed(one)

    jsonschema.validate(machine, schema)
    spec = machine["spec"]["template"]["spec"]
    assert spec["domain"]["memory"] == {"guest": "512Mi"}
    assert spec["domain"]["devices"]["interfaces"][0]["ports"] == [
        {"name": "tcp-8080", "port": 8080, "protocol": "TCP"}
    ]
    assert machine["metadata"]["annotations"] == {"mec.io/x": "y", "pulumi.com/waitFor": "condition=Ready"}


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Let an object have no key that its schema doesn't know."""
    if "properties" in schema:
        schema["additionalProperties"] = False
    return schema


def test_the_schema_finds_faults():
    machine = kubevirt().find("VirtualMachine")
    machine["spec"]["template"]["spec"]["domain"]["devices"]["interfaces"][0].pop("name")

    with pytest.raises(jsonschema.ValidationError, match="'name' is a required property"):
        jsonschema.validate(machine, {**SCHEMA, **SCHEMA["definitions"]["v1.VirtualMachine"]})


def test_its_service_finds_kubevirts_pod():
    everything = kubevirt()
    labels = everything.find("VirtualMachine")["spec"]["template"]["metadata"]["labels"]

    assert everything.find("Service", "legacy")["spec"]["selector"].items() <= labels.items()
    assert everything.names("Deployment") == set()
    assert everything.names("ConfigMap") == set()
