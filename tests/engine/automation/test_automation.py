"""How Pulumi's CLI is called: its working folder, its environment, its words. The CLI itself is tested where it is."""

import json
import shutil
import signal
import stat
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from mecctl.engine.automation.automation import PulumiCli, targeted
from mecctl.engine.automation.clievents import Heard
from mecctl.engine.engine import Engine
from mecctl.engine.objects.secrets import Crypter, Keyring
from mecctl.engine.project.program import Program
from mecctl.engine.run.failures import ProgramError
from mecctl.engine.run.targets import ALL, Targets
from mecctl.engine.state import Resource, StackState, backend
from mecctl.errors import LockedError, MecctlError
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, told

# Writes down what it is called with, and answers only what the API asks for besides.
RECORDER = """\
#!{python}
import json, os, sys
words = sys.argv[1:]
if words == ["version"]:
    print("v3.300.0")
    raise SystemExit
kept = {{name: os.environ.get(name) for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "KUBECONFIG",
    "PULUMI_K8S_ENABLE_PATCH_FORCE")}}
with open({log!r}, "a") as file:
    file.write(json.dumps({{"words": words, "environment": kept, "folder": os.getcwd()}}) + "\\n")
if set(words) & set({failing!r}):
    print({said!r}, file=sys.stderr)
    raise SystemExit(255)
print("[]" if "history" in words else "{{}}")
"""


@pytest.fixture
def called(tmp_path, monkeypatch):
    """Put a recorder on PATH in the CLI's place; return what makes it fail and what it was called with."""

    def recorder(failing: tuple[str, ...] = (), said: str = "") -> Any:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program, log = folder / "pulumi", tmp_path / "calls"
        program.write_text(RECORDER.format(python=sys.executable, log=str(log), failing=failing, said=said))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return lambda: [json.loads(line) for line in log.read_text().splitlines()]

    return recorder


@pytest.fixture
def program(tmp_path) -> Program:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        "name: shop\nruntime: {name: python, options: {virtualenv: venv}}\nconfig: {a: {type: string}}\n"
        "backend: {url: file://elsewhere}\n"
    )
    (folder / "__main__.py").touch()
    return Program(folder, "dev", {"shop:a": "1", "shop:p": "hunter22"}, frozenset({"shop:p"}))


def cli(tmp_path: Path) -> PulumiCli:
    return PulumiCli(tmp_path / "state", tmp_path / "kubeconfig", PASSPHRASE, Silent(), work=tmp_path / "work")


def test_the_cli_works_in_a_folder_of_its_own(called, program, tmp_path):
    calls = called(failing=("preview",), said="error: no")
    with pytest.raises(MecctlError), cli(tmp_path) as engine:
        engine.preview(program, targets=Targets(("web", "urn:x"), dependents=True), force_conflicts=True)
    select, preview = calls()
    assert select["words"] == ["--non-interactive", "stack", "select", "--stack", "organization/shop/dev"]
    for words in (["--target", "**::web", "--target", "urn:x"], ["--target-dependents"], ["--color", "never"]):
        assert " ".join(words) in " ".join(preview["words"])
    work = tmp_path / "work" / "shop"
    assert preview["folder"] == str(work)
    assert preview["environment"] == {
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "KUBECONFIG": f"{tmp_path}/kubeconfig",
        "PULUMI_K8S_ENABLE_PATCH_FORCE": "true",
    }
    assert yaml.safe_load((work / "Pulumi.yaml").read_text()) == {
        "name": "shop",
        "runtime": {"name": "python", "options": {"virtualenv": f"{tmp_path}/shop/venv"}},
        "main": f"{tmp_path}/shop",
    }
    settings = yaml.safe_load((work / "Pulumi.dev.yaml").read_text())
    assert settings["config"]["shop:a"] == "1"
    crypter = Crypter.resume(PASSPHRASE, settings["encryptionsalt"])
    assert crypter.decrypt(settings["config"]["shop:p"]["secure"]) == "hunter22"
    assert sorted(file.name for file in (tmp_path / "shop").iterdir()) == ["Pulumi.yaml", "__main__.py"]


def test_the_key_of_the_state_stays(called, program, tmp_path):
    keys = Keyring(PASSPHRASE)
    state = StackState(backend(tmp_path / "state"), "shop", "dev", keys).open()
    stack = "pulumi:pulumi:Stack"
    state.put(Resource(f"urn:pulumi:dev::shop::{stack}::shop-dev", stack, custom=False))
    state.close()
    salt = StackState(backend(tmp_path / "state"), "shop", "dev", keys).read().deployment()
    called(failing=("destroy",))
    with pytest.raises(MecctlError):
        cli(tmp_path).destroy("shop", "dev")
    written = yaml.safe_load((tmp_path / "work/shop/Pulumi.dev.yaml").read_text())
    assert salt
    assert written == {"encryptionsalt": salt["secrets_providers"]["state"]["salt"]}


def test_what_a_dead_run_was_about_to_create_is_for_the_engine_that_began_it(called, program, tmp_path):
    called()
    state = StackState(backend(tmp_path / "state"), "shop", "dev", Keyring(PASSPHRASE)).open()
    kind = "kubernetes:core/v1:ConfigMap"
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    state.intend(Resource(f"urn:pulumi:dev::shop::{kind}::a", kind, custom=True, inputs=inputs))
    state.close()
    with pytest.raises(MecctlError, match="has to be recovered first") as refused:
        cli(tmp_path).up(program)
    assert "--engine embedded" in (refused.value.fix or "")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("error: [409] Conflict: Another update is currently in progress.", LockedError),
        ("error: the stack is currently locked by 1 lock(s)", LockedError),
        ("error: something else", MecctlError),
    ],
)
def test_what_the_cli_refuses_is_told(called, program, tmp_path, said, kind):
    called(failing=("up",), said=said)
    with pytest.raises(kind) as refused:
        cli(tmp_path).up(program)
    assert type(refused.value) is kind
    assert not isinstance(refused.value, ProgramError)
    assert said in str(refused.value.why)


def test_ctrl_c_is_the_clis_and_counts_once_it_has_ended(called, program, tmp_path):
    called(failing=("up",), said="error: canceled")
    engine = cli(tmp_path)

    def interrupt(_: str) -> None:
        signal.raise_signal(signal.SIGINT)

    stack = engine._of_program(program, force_conflicts=False)
    with pytest.raises(KeyboardInterrupt):
        engine._run("shop", Heard(None, dry=False), lambda: stack.up(on_error=interrupt))


def test_an_sdk_that_cannot_only_look_is_told(called, tmp_path, monkeypatch):
    called()
    monkeypatch.delattr("pulumi.automation.Stack.preview_refresh")
    with pytest.raises(MecctlError, match="can't look without recording"):
        cli(tmp_path).refresh("shop", "dev", dry=True)


def test_no_targets_are_no_options():
    assert targeted(ALL) == {}


@pytest.mark.e2e
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="Pulumi's CLI is not on PATH")
def test_the_same_program_and_state_go_on_under_either_engine(case):
    source = dedent("""
        a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": config.get("k") or "1"})
        pulumi.export("name", a.metadata.name)
        pulumi.export("p", pulumi.Output.secret("canary"))
    """)

    def pulumi() -> PulumiCli:
        return PulumiCli(case.state, case.kubeconfig, PASSPHRASE, Silent(), work=case.folder / "work")

    def embedded() -> Engine:
        return Engine(case.state, case.kubeconfig, PASSPHRASE, Silent())

    program = case.program(source)
    with embedded() as one:
        assert told(one.up(program)) == [("create", "a")]
    with pulumi() as other:
        assert other.preview(program).changes == ()
        changed = case.program(source, k="2")
        assert told(other.up(changed)) == [("update", "a")]
        assert [one.standing for one in other.refresh("case", "dev").objects] == ["unchanged"]
    with embedded() as one:
        assert one.preview(changed).changes == ()
    with pulumi() as other:
        assert told(other.destroy("case", "dev")) == [("delete", "a")]
    assert case.names() == set()
