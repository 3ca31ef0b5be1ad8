"""A program with what Pulumi's public examples are made of (test_examples.py runs those where they are)."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from mecctl.engine.engine import Engine
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, told
from tests.support.controller import RUNNING, giving

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # the SDK's own

TAVERN = Path("tests/data/programs/tavern").resolve()
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}


def test_a_program_like_the_public_ones(case):
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/nowhere"}}
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"{case.ns}-volume"}, "spec": spec}
    config = {"tavern:group": f"{case.ns}.example.com", "tavern:code": "canary-code"}
    program = Program(TAVERN, "dev", config, frozenset({"tavern:code"}))
    with Engine(case.state, case.kubeconfig, PASSPHRASE, Silent()) as engine, ExitStack() as played:
        preview = engine.preview(program)
        case.client.create(volume)
        for status, kind in ((RUNNING, "Pod"), (ADDRESS, "Service")):
            played.enter_context(giving(case, status, kind, everywhere=True))
        made = engine.up(program)
        assert told(preview) == told(made)
        assert len(made.changes) == 10
        assert made.outputs["namespace"].startswith("tavern-")
        assert made.outputs["address"] == "192.0.2.1"
        assert made.outputs["guest"] == "Running"
        assert made.outputs["again"].startswith(made.outputs["namespace"] + "/drink-")
        assert made.outputs["api"] == "10.43.0.1"
        assert engine.preview(program).changes == ()
        assert engine.up(program).changes == ()
        assert len(engine.destroy("tavern", "dev").changes) == 10
