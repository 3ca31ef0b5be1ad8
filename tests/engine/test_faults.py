"""What goes wrong is told in full, harms nothing else, and shows no secret."""

import base64
import socket
import subprocess
import textwrap

import pytest
import yaml

from mecctl.engine.engine import Engine
from mecctl.engine.run.failures import ProgramError
from mecctl.engine.state.integrity import faults
from mecctl.errors import MecctlError, UnreachableError
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE, told

pytestmark = pytest.mark.e2e

CANARY = "canary-9f8e7d6c"


def test_a_failure_stops_what_needs_it_and_nothing_else(case):
    source = """
    good = ConfigMap("good", metadata={"namespace": ns, "name": "good"}, data={})
    port = int(config.require("port"))
    bad = Service("bad", metadata={"namespace": ns, "name": "bad"}, spec={"ports": [{"port": port}]})
    ConfigMap("needs-bad", metadata={"namespace": ns, "name": "needs-bad"}, data={"ip": bad.spec.cluster_ip})
    ConfigMap("after-bad", metadata={"namespace": ns, "name": "after-bad"}, opts=ResourceOptions(depends_on=[bad]))
    other = ConfigMap("needs-good", metadata={"namespace": ns, "name": "needs-good"}, data={"uid": good.metadata.uid})
    worse = ConfigMap("worse", metadata={"namespace": ns, "name": "Not A Name"}, data={})
    pulumi.export("ip", bad.spec.cluster_ip)
    pulumi.export("fine", other.metadata.name)
    """
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError) as failed:
            act(source, port="99999")
        assert {failure.label.split()[-1] for failure in failed.value.failures} == {"bad", "worse"}
        assert "spec.ports[0].port" in str(failed.value)
        assert told(failed.value.outcome) == [("create", "good"), ("create", "needs-good")]
    assert case.names() == {"good", "needs-good"}
    assert failed.value.outcome.outputs == {"fine": "needs-good"}
    mended = source.replace("Not A Name", "worse")
    assert len(case.up(mended, port="80").changes) == 4
    assert case.up(mended, port="80").changes == ()


def test_nothing_is_deleted_when_something_failed(case):
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"})')
    with pytest.raises(ProgramError):
        case.up('ConfigMap("b", metadata={"namespace": ns, "name": "B!"})')
    assert case.names() == {"a"}


def test_a_program_that_raises_keeps_what_it_made(case):
    source = 'ConfigMap("a", metadata={"namespace": ns, "name": "a"})\nraise ValueError("out of luck")'
    with pytest.raises(ProgramError, match="out of luck") as failed:
        case.up(source)
    assert "__main__.py:" in str(failed.value)
    assert told(case.up(source.split("\n", maxsplit=1)[0])) in ([], [("create", "a")])
    assert case.names() == {"a"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("k8s.helm.v3.Release('r', chart='x')", "helm.sh"),
        ("k8s.yaml.v2.ConfigGroup('g', yaml='')", "remote component"),
        ("pulumi.CustomResource('aws:s3/bucket:Bucket', 'b', {})", "'aws'"),
        ("pulumi.ProviderResource('aws', 'r', {})", "'aws'"),
        ("k8s.helm.v4.Chart('r', chart='x')", "remote component"),
        ("k8s.kustomize.v2.Directory('r', directory='x')", "remote component"),
        ("pulumi.CustomResource('pulumi-python:dynamic:Resource', 'r', {})", "'pulumi-python'"),
    ],
)
def test_what_the_engine_does_not_do_is_refused_by_name(case, source, said):
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError) as failed:
            act(source)
        assert len(failed.value.failures) == 1
        assert failed.value.failures[0].label.split()[-1] in ("r", "g", "b")
        assert said in str(failed.value)
        assert "engine: pulumi" in str(failed.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ConfigMap('x', metadata={'name': 'x', 'namespace': ns})\n" * 2, "two resources"),
        ("pulumi.log.error('no good')", "no good"),
    ],
)
def test_what_a_program_does_wrong_is_told(case, source, said):
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match=said):
            act(source)


def test_an_object_of_someone_else_is_refused(case):
    case.client.request(
        "POST",
        f"/api/v1/namespaces/{case.ns}/configmaps",
        params={"fieldManager": "kubectl-create"},
        body={"metadata": {"name": "x"}, "data": {"k": "theirs"}},
    )
    source = 'ConfigMap("x", metadata={"namespace": ns, "name": "x"}, data={"k": "ours"})'
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match="kubectl-create") as failed:
            act(source)
        assert "exists already" in str(failed.value)
    assert case.get("ConfigMap", "x")["data"] == {"k": "theirs"}
    assert case.destroy().changes == ()
    assert case.names() == {"x"}


def test_a_field_of_another_manager_is_told_with_its_owner(case):
    source = 'ConfigMap("x", metadata={"namespace": ns, "name": "x"}, data={"k": config.require("k")})'
    case.up(source, k="1")
    case.client.request(
        "PATCH",
        f"/api/v1/namespaces/{case.ns}/configmaps/x",
        params={"fieldManager": "autoscaler"},
        body={"data": {"k": "2"}},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError) as failed:
            act(source, k="3")
        assert "autoscaler" in str(failed.value)
        assert ".data.k" in str(failed.value)
    assert case.get("ConfigMap", "x")["data"] == {"k": "2"}


def test_an_unreachable_cluster_is_told_apart_and_empties_nothing(case):
    case.up('ConfigMap("a", metadata={"namespace": ns, "name": "a"})')
    file = case.state / ".pulumi/stacks/case/dev.json"
    before = file.read_bytes()
    document = yaml.safe_load(case.kubeconfig.read_text())
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        document["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{closed.getsockname()[1]}"
        document["clusters"][0]["cluster"]["certificate-authority"] = str(case.kubeconfig.parent / "ca.crt")
        dead = case.folder / "dead"
        dead.write_text(yaml.safe_dump(document))
        with Engine(case.state, dead, PASSPHRASE, Silent()) as engine:
            program = case.program("")
            for act in (engine.preview, engine.up):
                with pytest.raises(UnreachableError, match="can't be reached"):
                    act(program)
            with pytest.raises(UnreachableError, match="can't be reached"):
                engine.destroy("case", "dev")
    assert file.read_bytes() == before
    assert case.names() == {"a"}


def test_a_wrong_passphrase_is_told(case):
    case.up('pulumi.export("s", pulumi.Output.secret("x"))')
    with case.engine("wrong") as engine, pytest.raises(MecctlError, match="passphrase"):
        engine.up(case.program(""))
    case.up("")


def test_two_runs_at_once_are_refused(case):
    """The second is refused while the first is in the middle of its program."""
    program = case.program("pulumi.log.info('in the middle')")
    refused = []

    class Second(Silent):
        def log(self, text: str) -> None:
            ended = subprocess.run(case.command(program), capture_output=True, text=True, check=False)
            refused.append((text, ended.stderr))

    with Engine(case.state, case.kubeconfig, PASSPHRASE, Second()) as engine:
        engine.up(program)
    assert [text for text, _ in refused] == ["case: in the middle"]
    assert "LockedError: " in refused[0][1]


def test_no_secret_is_in_the_state_or_an_error(case):
    source = f"""
    word = pulumi.Output.secret("{CANARY}")
    s = Secret("s", metadata={{"namespace": ns, "name": "s"}}, string_data={{"k": word, "plain": "{CANARY}-2"}})
    ConfigMap("c", metadata={{"namespace": ns, "name": "c", "annotations": {{"a": word}}}},
        data={{"k": s.string_data["k"]}})
    pulumi.export("out", pulumi.Output.concat("x-", word))
    """
    case.up(source)
    source = textwrap.dedent(source)
    bad = "\nService('bad', metadata={'namespace': ns, 'name': 'bad'}, spec={'type': s.string_data['k']})"
    with pytest.raises(ProgramError) as failed:
        case.up(source + bad + f"\nraise ValueError('{CANARY}')")
    shown = str(failed.value)
    assert "[secret]" in shown
    assert case.up(source).changes == ()
    files = [path for path in case.state.rglob("*") if path.is_file()]
    assert any(path.name == "dev.json" for path in files)
    content = shown.encode() + b"".join(path.read_bytes() for path in files)
    for form in (CANARY.encode(), base64.b64encode(CANARY.encode()).rstrip(b"="), CANARY.encode().hex().encode()):
        assert form not in content
    assert case.get("ConfigMap", "c")["data"] == {"k": CANARY}


def test_state_passes_pulumis_integrity_rules(case):
    case.up("""
    a = ConfigMap("a", metadata={"namespace": ns}, data={})
    ConfigMap("b", metadata={"namespace": ns}, data={"a": a.metadata.name}, opts=ResourceOptions(depends_on=[a]))
    """)
    latest = case.checkpoint()
    assert list(faults(latest)) == []
    assert len(latest["resources"]) == 4


# Runs `up` while no file may grow beyond so many bytes, as on a disk that is full.
FULL = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
"""
MANY = """
for number in range(20):
    metadata = {"namespace": ns, "name": f"c{number}"}
    ConfigMap(f"c{number}", metadata=metadata, data={"k": "v" * 200, "v": config.require("v") if number == 7 else ""})
"""


@pytest.mark.parametrize("limit", [3_000, 12_000])
def test_a_disk_that_is_full_ends_the_run_and_loses_nothing(case, limit):
    program = case.program(MANY, v="1")
    python, flag, source, *words = case.command(program)
    command = [python, flag, FULL + str(source), str(limit), *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "the state can't be written" in ended.stderr
    assert "File too large" in ended.stderr
    made = len(case.names())
    assert made < 20
    again = case.up(MANY, v="1")
    assert len(again.changes) <= 20
    assert case.names() == {f"c{number}" for number in range(20)}
    assert case.up(MANY, v="1").changes == ()
    assert len(case.destroy().changes) == 20


def test_a_disk_that_is_full_at_the_end_of_the_run_loses_nothing(case):
    """The journal of one change still fits, the checkpoint of all resources no more."""
    case.up(MANY, v="1")
    file = case.state / ".pulumi/stacks/case/dev.json"
    before = file.read_bytes()
    python, flag, source, *words = case.command(case.program(MANY, v="2"))
    command = [python, flag, FULL + str(source), str(len(before) // 2), *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "the state can't be written" in ended.stderr
    assert file.read_bytes() == before
    assert (case.get("ConfigMap", "c7") or {})["data"]["v"] == "2"
    assert case.up(MANY, v="2").changes == ()
    assert file.read_bytes() != before
    assert case.up("").changes != ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda text: text.replace('"version":3', '"version":5'), "format 5"),
        (
            lambda text: text.replace("pulumi:providers:kubernetes::default", "pulumi:providers:kubernetes::other", 1),
            "isn't sound",
        ),
    ],
)
def test_a_state_that_cannot_be_trusted_is_told_and_the_last_good_one_can_be_put_back(case, change, said):
    source = 'ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"v": config.require("v")})'
    case.up(source, v="1")
    case.up(source, v="2")
    file = case.state / ".pulumi/stacks/case/dev.json"
    file.write_text(change(file.read_text()))
    for act in (case.preview, case.up):
        with pytest.raises(MecctlError, match=said) as failed:
            act(source, v="3")
        assert str(file) in str(failed.value)
    assert (case.get("ConfigMap", "a") or {})["data"] == {"v": "2"}
    file.with_name("dev.json.bak").replace(file)
    assert told(case.up(source, v="2")) == []
    assert told(case.up(source, v="3")) == [("update", "a")]


def test_a_wrong_passphrase_is_told_before_anything_changes(case):
    """Even where there is no checkpoint yet, only the journal of a run that died."""
    source = 'Secret("s", metadata={"namespace": ns, "name": "s"}, string_data={"k": "canary"})'
    case.up(source)
    files = {path: path.read_bytes() for path in case.state.rglob("*") if path.is_file()}
    with case.engine("wrong") as engine:
        for act in (engine.preview, engine.up):
            with pytest.raises(MecctlError, match="passphrase does not open"):
                act(case.program(source + "\nConfigMap('more', metadata={'namespace': ns, 'name': 'more'})"))
        with pytest.raises(MecctlError, match="passphrase does not open"):
            engine.destroy("case", "dev")
    assert {path: path.read_bytes() for path in case.state.rglob("*") if path.is_file()} == files
    assert case.names() == set()
    assert case.names("Secret") == {"s"}
