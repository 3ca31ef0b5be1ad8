"""Pulumi's public Python programs that use `kubernetes:*` only, unchanged.

They aren't part of this project. MECCTL_PULUMI_EXAMPLES names a folder with checkouts of github.com/pulumi/examples as
`examples` and of github.com/pulumi/pulumi-kubernetes as `pulumi-kubernetes`. Of the same repositories, these are left
out: programs that use Helm, Kustomize or other providers, and those that read manifests from the Internet. Programs of
this project's own with the same features are in test_programs.py.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from mecctl.engine.engine import Engine
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, told
from tests.support.controller import RUNNING, giving

FOLDER = os.environ.get("MECCTL_PULUMI_EXAMPLES", "")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # theirs, and of the SDK's own making
    pytest.mark.skipif(not FOLDER, reason="MECCTL_PULUMI_EXAMPLES names no folder with Pulumi's examples"),
]

_SDK = "pulumi-kubernetes/tests/sdk/python"
# Program -> its configuration and the number of objects that it makes.
PROGRAMS: dict[str, tuple[dict[str, str], int]] = {
    "examples/kubernetes-py-exposed-deployment": ({"is_minikube": "false"}, 2),
    "examples/kubernetes-py-guestbook/components": ({"isMinikube": "true"}, 6),
    "examples/kubernetes-py-guestbook/simple": ({"isMinikube": "true"}, 6),
    "examples/kubernetes-py-jenkins": ({"isMinikube": "false", "username": "me", "password": "word"}, 4),
    "examples/kubernetes-py-nginx": ({}, 1),
    f"{_SDK}/get-one-step": ({}, 3),
    f"{_SDK}/get/step1": ({}, 3),
    f"{_SDK}/guestbook": ({}, 7),
    f"{_SDK}/provider": ({}, 2),
    f"{_SDK}/server-side-apply": ({}, 4),
    f"{_SDK}/smoke-test": ({}, 2),
    f"{_SDK}/yaml-test-unconfigured-provider": ({}, 9),
}
_ADDRESS = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}


def volume(case) -> None:
    """Make a volume that a claim without a class can be bound to."""
    spec = {"capacity": {"storage": "8Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/nowhere"}}
    case.client.create(
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"{case.ns}-volume"}, "spec": spec}
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(case, name):
    config, count = PROGRAMS[name]
    folder = Path(FOLDER) / name
    project = Program(folder, "dev").project
    program = Program(folder, "dev", {f"{project}:{key}": value for key, value in config.items()})
    with Engine(case.state, case.kubeconfig, PASSPHRASE, Silent()) as engine, ExitStack() as played:
        preview = engine.preview(program)
        volume(case)
        for status, kind in ((RUNNING, "Pod"), (_ADDRESS, "Service")):
            played.enter_context(giving(case, status, kind, everywhere=True))
        made = engine.up(program)
        assert told(preview) == told(made)
        assert [change.action for change in made.changes] == ["create"] * count
        assert engine.preview(program).changes == ()
        assert engine.up(program).changes == ()
        assert len(engine.destroy(project, "dev").changes) == count
