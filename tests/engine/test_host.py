"""Programs without any Kubernetes object need no cluster, so the host is tested without one."""

import threading
from concurrent.futures import Future
from typing import Any, cast

import pytest

from mecctl.engine.deployment import Deployment
from mecctl.engine.host import run
from mecctl.engine.ledger import Ledger
from mecctl.engine.monitor import Monitor
from mecctl.engine.program import Program
from mecctl.engine.secrets import Crypter
from mecctl.engine.state import StackState
from mecctl.engine.steps import Preview
from mecctl.engine.values import Secret
from mecctl.plan.progress import Silent


class Log(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        self.lines.append(text)


def outputs(folder, source, project="plain", **config) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
    (folder / "__main__.py").write_text(source)
    program = Program(folder, "dev", {f"{project}:{key}": value for key, value in config.items()})
    state = StackState(folder / "state", project, "dev", lambda _: Crypter("p", b"saltsalt")).read()
    ledger = Ledger(Log())
    ready: Future[Deployment] = Future()
    ready.set_result(Deployment(cast("Any", None), state, Preview(), ledger, dry=False))
    run(program, Monitor((project, "dev"), ready, ledger, dry=False), dry=False)
    return ledger.outcome(project, ready.result().outputs()).outputs


def test_configuration_and_exports(tmp_path):
    source = "import pulumi\npulumi.export('x', pulumi.Config().require_int('n') + 1)\n"
    assert outputs(tmp_path / "a", source, n="41") == {"x": 42}


def test_nothing_of_one_program_is_seen_by_the_next(tmp_path):
    first = "import pulumi, helper\npulumi.export('x', [helper.WHO, pulumi.Config().get('n'), pulumi.get_project()])\n"
    for project, n in (("one", "1"), ("two", None)):
        folder = tmp_path / project
        folder.mkdir()
        (folder / "helper.py").write_text(f"WHO = {project!r}\n")
        given = {"n": n} if n else {}
        assert outputs(folder, first, project, **given) == {"x": [project, n, project]}


def test_a_program_runs_in_any_thread(tmp_path):
    found = []
    source = "import pulumi\npulumi.export('x', pulumi.Output.from_input(1).apply(lambda one: one + 1))\n"
    thread = threading.Thread(target=lambda: found.append(outputs(tmp_path / "a", source)))
    thread.start()
    thread.join()
    assert found == [{"x": 2}]


def test_components_finish_when_the_program_fails(tmp_path):
    source = """
import pulumi
class Box(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("a:b:Box", name)
        self.register_outputs({"x": 1})
Box("box")
raise RuntimeError("stop")
"""
    with pytest.raises(RuntimeError, match="stop"):
        outputs(tmp_path / "a", source)


def test_asynchronous_programs_are_awaited(tmp_path):
    source = """
import asyncio, pulumi
async def main():
    await asyncio.sleep(0)
    return {"x": 1}
pulumi.run(main)
"""
    assert outputs(tmp_path / "a", source) == {"x": 1}


def test_configuration_that_is_secret_stays_so(tmp_path):
    source = """
import pulumi
pulumi.export("token", pulumi.Config().require_secret("token"))
"""
    assert outputs(tmp_path / "a", source, token="hunter22") == {"token": Secret("hunter22")}
