"""State in an object store that is really there: a run leaves nothing behind, wherever it ends."""

import base64
import os
import signal
import subprocess
import sys
import uuid

import pytest

from mecctl.engine.engine import Engine
from mecctl.engine.objects.secrets import Keyring
from mecctl.engine.state import StackState, backend
from mecctl.engine.state.transfer import export, replace
from mecctl.errors import LockedError, MecctlError, UnreachableError
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, told
from tests.support.objectstore import CREDENTIALS, endpoint, place

pytestmark = pytest.mark.e2e
__all__ = ["endpoint", "place"]

CANARY = "canary-in-a-bucket"
SOURCE = f"""
for number in range(int(config.require("count"))):
    ConfigMap(f"c{{number}}", metadata={{"namespace": ns, "name": f"c{{number}}"}}, data={{"v": config.require("v")}})
Secret("s", metadata={{"namespace": ns, "name": "s"}}, string_data={{"k": "{CANARY}"}})
pulumi.export("word", pulumi.Output.secret("{CANARY}"))
"""
# Ends itself right after the request to the cluster that its first word says, as a machine does that is taken away.
DYING = """
import os, signal, sys
from pathlib import Path
from mecctl.engine.engine import Engine
from mecctl.engine.kube.transport import Transport
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent
left, folder, state, kubeconfig, passphrase, *words = sys.argv[1:]
left, real = int(left), Transport.send
def send(self, method, path, **more):
    global left
    answer = real(self, method, path, **more)
    left -= method != "GET" and "dryRun" not in (more.get("params") or {})
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
Transport.send = send
config = dict(word.split("=", 1) for word in words)
with Engine(state, Path(kubeconfig), passphrase, Silent()) as engine:
    engine.up(Program(Path(folder), "dev", config))
"""


def engine(case, place: str) -> Engine:
    return Engine(place, case.kubeconfig, PASSPHRASE, Silent())


def keys(place: str, prefix: str = "") -> list[str]:
    return [found.key for found in backend(place).store.list(prefix)]


def free(place: str) -> None:
    """Break the lock, as people do when they know that its holder is gone."""
    store = backend(place).store
    store.delete(*keys(place, ".pulumi/locks/"))


def test_a_run_keeps_its_state_there_and_nothing_in_the_clear(case, place):
    with engine(case, place) as run:
        assert len(run.up(case.program(SOURCE, count="12", v="1")).changes) == 13
        assert run.up(case.program(SOURCE, count="12", v="1")).changes == ()
        assert len(run.up(case.program(SOURCE, count="3", v="2")).changes) == 12
    assert not case.state.exists()
    assert keys(place, "journal/") == keys(place, ".pulumi/locks/") == []
    store = backend(place).store
    content = b"".join(store.get(key) or b"" for key in keys(place))
    for form in (CANARY.encode(), base64.b64encode(CANARY.encode()).rstrip(b"="), CANARY.encode().hex().encode()):
        assert form not in content
    assert len(keys(place, ".pulumi/history/")) == 4
    with engine(case, place) as run:
        run.destroy("case", "dev")
    assert case.names() == set()


@pytest.mark.parametrize("after", [1, 5, 9])
def test_a_machine_that_is_taken_away_leaves_nothing_that_the_next_one_does_not_find(case, place, after):
    program = case.program(SOURCE, count="8", v="1")
    words = [f"{key}={value}" for key, value in program.config.items()]
    arguments = [str(after), program.directory, place, case.kubeconfig, PASSPHRASE, *words]
    ended = subprocess.run([sys.executable, "-c", DYING, *arguments], check=False, env={**os.environ, **CREDENTIALS})
    assert ended.returncode == -signal.SIGKILL
    assert keys(place, "journal/")
    with engine(case, place) as run:
        # What was made by then is deleted, though the program doesn't ask for it any more: it isn't forgotten.
        run.up(case.program(SOURCE, count="0", v="1"))
        assert case.names() == set()
        assert case.names("Secret") == {"s"}
        assert run.up(case.program(SOURCE, count="0", v="1")).changes == ()
    assert keys(place, "journal/") == keys(place, ".pulumi/locks/") == []


def test_two_runs_at_once_are_refused_across_machines(place):
    def stack() -> StackState:
        return StackState(backend(place), "p", "dev", Keyring("pass"))

    first = stack().open()
    with pytest.raises(LockedError, match=f"process {os.getpid()} of .* since 2") as refused:
        stack().open()
    assert "s3://states/" in str(refused.value)
    first.close()
    second = stack().open()
    free(place)
    third = stack().open()
    with pytest.raises(LockedError, match="taken over"):
        second._held.check()
    third.close()


def test_export_and_import(case, place, tmp_path):
    with engine(case, place) as run:
        run.up(case.program(SOURCE, count="2", v="1"))
    document = export(backend(place), "case", "dev", Keyring(PASSPHRASE))
    folder = tmp_path / "folder"
    replace(backend(folder), "case", "dev", document, Keyring(PASSPHRASE))
    with Engine(folder, case.kubeconfig, PASSPHRASE, Silent()) as run:
        assert told(run.up(case.program(SOURCE, count="2", v="1"))) == []
    replace(
        backend(place), "case", "dev", export(backend(folder), "case", "dev", Keyring(PASSPHRASE)), Keyring(PASSPHRASE)
    )
    assert export(backend(place), "case", "dev", Keyring(PASSPHRASE)) == document


def test_what_is_wrong_with_the_store_is_told(place, monkeypatch):
    def read(url: str) -> None:
        StackState(backend(url), "p", "dev", Keyring("pass")).read()

    with pytest.raises(MecctlError, match="NoSuchBucket"):
        read(place.replace("states", f"no-{uuid.uuid4().hex}"))
    with pytest.raises(UnreachableError, match="object store can't be reached"):
        read("s3://states/x?endpoint=127.0.0.1:1&disableSSL=true&region=us-east-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(MecctlError, match="SignatureDoesNotMatch"):
        read(place)
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(MecctlError, match="no credentials"):
        read(place)
