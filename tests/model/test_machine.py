"""What follows from `vm` in a workload, and that nothing else is said beside it."""

import pytest
from pydantic import ValidationError

from mecctl.model import Workload

LEGACY = {"name": "legacy", "slice": "embb", "vm": {"disk": "x/disk:1", "cpus": 2, "memory": "1Gi", "ports": [8080]}}


def test_image_resources_and_ports_follow():
    work = Workload.model_validate(LEGACY)

    assert work.image == "x/disk:1"
    assert [port.port for port in work.ports] == [8080]
    assert work.resources is not None
    assert (work.resources.cpu, work.resources.memory) == ("2", "1216Mi")
    assert work.vm is not None
    assert work.vm.mebibytes == 1024


def test_it_is_the_same_after_it_was_written_down():
    work = Workload.model_validate(LEGACY)

    assert Workload.model_validate_json(work.model_dump_json(by_alias=True)) == work


def test_ports_may_stand_beside():
    vm = {"disk": "x/disk:1"}
    assert Workload.model_validate({**LEGACY, "vm": vm, "ports": [80]}).ports[0].port == 80
    plain = Workload.model_validate({**LEGACY, "vm": vm}).vm
    assert plain is not None
    assert plain.mebibytes == 256


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"image": "x/other:1"}, "vm: and image: say two things; no image:"),
        ({"resources": {"cpu": "1"}}, "vm: and resources: say two things; no resources:"),
        ({"ports": [80]}, "vm: and ports: say two things; ports: only in vm:"),
    ],
)
def test_what_contradicts_is_refused(more, said):
    with pytest.raises(ValidationError, match=said):
        Workload.model_validate({**LEGACY, **more})


@pytest.mark.parametrize(
    "vm", [{"cpus": 0, "disk": "x:1"}, {"disk": "x:1", "memory": "lots"}, {"disk": "no image"}, {"disk": "x:1", "y": 1}]
)
def test_what_no_machine_can_have(vm):
    with pytest.raises(ValidationError, match="vm"):
        Workload.model_validate({**LEGACY, "vm": vm})
