"""No secret is in the clear anywhere, whatever a run does and however it ends."""

import signal
import subprocess
from typing import Any

import pytest

from mecctl.cli.app import run
from mecctl.engine.engine import Engine
from mecctl.engine.run.failures import ProgramError
from mecctl.plan.progress import Silent
from tests.support.canaries import found
from tests.support.cases import PASSPHRASE

pytestmark = pytest.mark.e2e

CANARY = 'c4n4ry-7f3a/9+e"1'
SOURCE = """
import base64
word = config.require_secret("word")
v = config.require("v")
def named(name):
    return {"namespace": ns, "name": name}
made = Secret("made", metadata=named("made"), string_data={"k": word, "v": v})
Secret("plain", metadata=named("plain"), data={"k": word.apply(lambda text: base64.b64encode(text.encode()).decode())})
ConfigMap("fixed", metadata=named("fixed"), immutable=True, data={"k": word, "v": v})
ConfigMap("moved", metadata=named(f"moved-{v}"), data={"from": made.string_data["k"], "k": word})
ConfigMap("noted", metadata={**named("noted"), "annotations": {"k": word, "v": v}},
    opts=ResourceOptions(additional_secret_outputs=["metadata"]))
pulumi.export("word", word)
pulumi.export("nested", {"list": [1, pulumi.Output.concat("x-", word, "-y")]})
pulumi.log.info("nothing to see")
"""
REFUSED = """
Service("bad", metadata=named("bad"), spec={"type": word, "ports": [{"port": 80}]})
word.apply(lambda text: (_ for _ in ()).throw(ValueError("out of luck with " + text)))
"""


@pytest.fixture
def command(case, capfd, monkeypatch):
    """Run a command over the program as loud as it can be, and return its code and all that it says."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    secret = case.folder / "word"
    secret.write_text(CANARY)

    def call(source: str, verb: str, *words: str, v: str = "1", word: str = CANARY) -> tuple[int, str]:
        directory = case.program(source).directory
        asks = verb not in ("outputs", "export")
        given = [f"--kubeconfig={case.kubeconfig}"] if asks else []
        config = [f"--config={key}={value}" for key, value in (("ns", case.ns), ("v", v), ("word", word))]
        code = run(
            ["stack", verb, str(directory), *given, *(config if verb in ("preview", "up") else []), *words, "--verbose"]
        )
        said = capfd.readouterr()
        return code, said.out + said.err

    return call


def places(case: Any) -> list[Any]:
    return [path for path in case.folder.rglob("*") if path.is_file() and path.name != "word"]


def test_no_command_shows_or_keeps_a_secret(case, command):
    said = []
    for verb, words, v in (
        ("preview", (), "1"),
        ("up", ("--diff", "--yes"), "1"),
        ("up", ("-o", "json", "--yes"), "1"),
        ("preview", ("-o", "json"), "2"),
        ("up", ("--diff", "--yes"), "2"),
        ("refresh", (), "2"),
        ("export", (), "2"),
        ("outputs", (), "2"),
    ):
        code, text = command(SOURCE, verb, *words, v=v)
        assert code == 0, text
        said.append(text)
    assert "[secret]" in "".join(said)
    assert found(CANARY, str(case.get("ConfigMap", "fixed"))) != []  # it has got to where it belongs
    for verb in ("preview", "up"):
        code, text = command(SOURCE + REFUSED, verb, *(["--yes"] if verb == "up" else []), v="3")
        assert code == 1
        assert "Traceback" in text
        said.append(text)
    said.append(command(SOURCE, "destroy", "--yes")[1])
    assert case.names() == case.names("Secret") == set()
    assert found(CANARY, *said, *places(case)) == []
    history = list(case.folder.rglob("*.checkpoint.json"))
    assert len(history) >= 4  # the copies were looked through too


def test_no_killed_run_leaves_a_secret(case):
    source = SOURCE.replace('config.require_secret("word")', 'pulumi.Output.secret(config.require("word"))')
    program = case.program(source, v="1", word=CANARY)
    seen = b""
    for _ in range(3):
        process = subprocess.Popen(case.command(program), stderr=subprocess.PIPE)
        journal = case.state / "journal/case/dev.jsonl"
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 2_000):
            pass
        process.send_signal(signal.SIGKILL)
        seen += process.communicate()[1]
        assert found(CANARY, seen, case.state) == []
    assert journal.exists()


def test_no_error_carries_a_secret_along(case):
    """Nor do the errors that it was made from, which a traceback would show."""
    source = SOURCE.replace('config.require_secret("word")', 'pulumi.Output.secret(config.require("word"))')
    shown: list[str] = []

    class Heard(Silent):
        def log(self, text: str) -> None:
            shown.append(text)

    with Engine(case.state, case.kubeconfig, PASSPHRASE, Heard()) as engine, pytest.raises(ProgramError) as failed:
        engine.up(case.program(source + REFUSED, v="1", word=CANARY))
    error: BaseException | None = failed.value
    while error:
        shown.append(f"{error!r} {error} {vars(error)}")
        error = error.__cause__ or error.__context__
    for failure in failed.value.failures:
        shown += [str(failure), repr(failure.error.__cause__), repr(failure.error.__context__)]
    assert "out of luck with [secret]" in "".join(shown)
    assert found(CANARY, *shown) == []
