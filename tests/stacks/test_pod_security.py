import pytest

from tests.stacks.pod_security import violations
from tests.stacks.rendering import full_site, render


@pytest.mark.parametrize("program", ["platform", "workloads"])
def test_every_pod_is_admitted_as_restricted(program):
    made = render(program, full_site())

    pods = {s["metadata"]["name"]: s["spec"]["template"]["spec"] for typ, s in made.seen if typ == "Deployment"}

    assert pods
    assert {name: violations(pod) for name, pod in pods.items()} == {name: [] for name in pods}


def test_the_check_itself_finds_faults():
    pod = {"hostNetwork": True, "volumes": [{"name": "root", "hostPath": {}}], "containers": [{"name": "main"}]}

    assert violations(pod) == [
        "hostNetwork is set",
        "volume root",
        "main: allowPrivilegeEscalation",
        "main: runAsNonRoot",
        "main: seccompProfile",
        "main: capabilities drop",
    ]
