"""Programs without any Kubernetes object need no cluster, so the host is tested without one."""

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from mecctl.engine.clusters.clusters import Clusters
from mecctl.engine.clusters.providers import Providers
from mecctl.engine.kube import Stop
from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.objects.values import Secret
from mecctl.engine.project.program import Program
from mecctl.engine.run.deployment import Deployment
from mecctl.engine.run.interrupt import Interrupts
from mecctl.engine.run.ledger import Ledger
from mecctl.engine.run.mode import Mode
from mecctl.engine.sdk.hooks import Hooks
from mecctl.engine.sdk.host import run
from mecctl.engine.sdk.monitor import Monitor
from mecctl.engine.state import StackState, backend
from mecctl.engine.steps.steps import Preview
from mecctl.plan.progress import Silent


class Log(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        self.lines.append(text)


def outputs(folder, source, project="plain", main="", **config) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    settings = f"name: {project}\nruntime: python\n" + (f"main: {main}\n" if main else "")
    (folder / "Pulumi.yaml").write_text(settings)
    (folder / "__main__.py").write_text(source)
    program = Program(folder, "dev", {f"{project}:{key}": value for key, value in config.items()})
    state = StackState(backend(folder / "state"), project, "dev", lambda _: Crypter("p", b"saltsalt")).read()
    ledger = Ledger(Log())
    hooks = Hooks(ledger, dry=False)
    ready: Future[Deployment] = Future()
    providers = Providers(Clusters(folder / "kubeconfig", Stop()), state, ledger.mask, {}, folder)
    ready.set_result(Deployment(providers, state, Preview(hooks), ledger, Mode()))
    monitor = Monitor((project, "dev"), ready, ledger, hooks, finish=lambda: None, exports=lambda *_: None, dry=False)
    run(program, monitor, Interrupts(Stop()), dry=False)
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


def test_what_a_program_prints_goes_to_stderr(tmp_path, capfd):
    source = "import subprocess\nprint('printed')\nsubprocess.run(['echo', 'by a process'], check=True)\n"
    outputs(tmp_path / "a", source)
    out, err = capfd.readouterr()
    assert out == ""
    assert "printed" in err
    assert "by a process" in err


def test_a_program_is_in_its_folder_and_the_caller_isnt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = (
        "import os, pulumi\nfrom pathlib import Path\npulumi.export('x', Path('note').read_text())\nos.chdir('/')\n"
    )
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "note").write_text("here")
    assert outputs(folder, source) == {"x": "here"}
    assert Path.cwd() == tmp_path


@pytest.mark.parametrize("main", ["app", "app/", "app/__main__.py", "./app/other.py"])
def test_main_names_a_folder_or_a_file(tmp_path, main):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/beside.py").write_text("FOUND = 'beside'\n")
    for name in ("__main__.py", "other.py"):
        (tmp_path / "app" / name).write_text("import pulumi, beside\npulumi.export('x', beside.FOUND)\n")
    assert outputs(tmp_path, "raise RuntimeError('not this one')", main=main) == {"x": "beside"}


@pytest.mark.parametrize("code", ["", "0"])
def test_a_program_may_end_by_itself(tmp_path, code):
    with pytest.raises(SystemExit):
        outputs(tmp_path / "a", f"import sys\nsys.exit({code})\n")


def test_a_task_that_the_program_leaves_is_ended(tmp_path):
    source = """
import asyncio, pulumi
asyncio.get_event_loop().create_task(asyncio.sleep(1000))
pulumi.export("x", 1)
"""
    assert outputs(tmp_path / "a", source) == {"x": 1}


def test_a_program_that_cancels_itself_has_failed(tmp_path):
    source = """
import asyncio, pulumi
async def main():
    asyncio.current_task().cancel()
    await asyncio.sleep(0)
pulumi.run(main)
"""
    with pytest.raises(asyncio.CancelledError):
        outputs(tmp_path / "a", source)


def test_a_class_of_the_sdk_that_one_program_imports_by_its_module_is_a_class_for_the_next(tmp_path):
    first = "from pulumi_kubernetes.apiextensions.CustomResource import CustomResource\n"
    second = """
import pulumi, pulumi_kubernetes
pulumi.export("x", isinstance(pulumi_kubernetes.apiextensions.CustomResource, type))
"""
    outputs(tmp_path / "one", first)
    assert outputs(tmp_path / "two", second) == {"x": True}
