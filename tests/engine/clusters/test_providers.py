"""Programs that reach several clusters by providers of their own; the second cluster is a real API too."""

import base64
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from mecctl.engine.engine import Engine
from mecctl.engine.kube import KubeClient
from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.objects.values import secret
from mecctl.engine.run.failures import ProgramError
from mecctl.engine.state import StackState, backend
from mecctl.errors import UnreachableError
from mecctl.plan.progress import Silent
from tests.support.apiserver import ApiServer, running
from tests.support.cases import PASSPHRASE, Case, told

pytestmark = pytest.mark.e2e

ONE = """
from pathlib import Path
p = k8s.Provider("p", kubeconfig=Path(config.require("other")).read_text(), namespace=config.get("space"))
ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": "1"}, opts=ResourceOptions(provider=p))
"""
MAIN = 'ConfigMap("main", metadata={"namespace": ns, "name": "main"})\n'


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("second")) as api:
        yield api


class Other:
    """The other cluster, with a namespace of the same name as the test's own."""

    def __init__(self, case: Case, api: ApiServer, client: KubeClient) -> None:
        self.client, self.ns = client, case.ns
        client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": case.ns}})
        self.kubeconfig = whole(api.kubeconfig, case.folder / "second")
        self.first = whole(case.kubeconfig, case.folder / "first")

    def names(self) -> set[str]:
        return {one["metadata"]["name"] for one in self.client.list("v1", "ConfigMap", self.ns)}


@pytest.fixture
def other(case: Case, second: ApiServer) -> Iterator[Other]:
    with second.client() as client:
        yield Other(case, second, client)


def whole(kubeconfig: Path, to: Path, **cluster: Any) -> str:
    """Write a kubeconfig that needs no other file, nor the folder it is in."""
    document = yaml.safe_load(kubeconfig.read_text())
    written = document["clusters"][0]["cluster"]
    if authority := written.pop("certificate-authority", None):
        written["certificate-authority-data"] = base64.b64encode((kubeconfig.parent / authority).read_bytes()).decode()
    written.update(cluster)
    to.write_text(yaml.safe_dump(document))
    return str(to)


def records(case: Case) -> dict[str, dict[str, Any]]:
    return {record["urn"].split("::")[-1]: record for record in case.checkpoint()["resources"]}


def test_several_clusters_in_one_program(case, other):
    source = """
    from pathlib import Path
    first = k8s.Provider("first", kubeconfig=config.require("first"), context="test")
    second = k8s.Provider("second", kubeconfig=Path(config.require("other")).read_text(), cluster="test")
    class Box(pulumi.ComponentResource):
        def __init__(self, name, opts):
            super().__init__("test:box:Box", name, None, opts)
            inner = ConfigMap(f"{name}-inner", metadata={"namespace": ns, "name": f"{name}-inner"},
                opts=ResourceOptions(parent=self))
            ConfigMap(f"{name}-child", metadata={"namespace": ns, "name": f"{name}-child"},
                opts=ResourceOptions(parent=inner))
    Box("one", ResourceOptions(providers=[first]))
    Box("two", ResourceOptions(providers={"kubernetes": second}))
    ConfigMap("plain", metadata={"namespace": ns, "name": "plain"})
    """
    given = {"first": other.first, "other": other.kubeconfig}
    preview = case.preview(source, **given)
    assert preview.changes == case.up(source, **given).changes
    assert case.names() == {"one-inner", "one-child", "plain"}
    assert other.names() == {"two-inner", "two-child"}
    assert case.preview(source, **given).changes == case.up(source, **given).changes == ()
    made = records(case)
    for name, provider in {"one-child": "first", "two-inner": "second", "two-child": "second"}.items():
        assert made[name]["provider"] == f"{made[provider]['urn']}::{made[provider]['id']}"
    assert made["plain"]["provider"].split("::")[-2].startswith("default_")
    assert "provider" not in made["two"]
    state = b"".join(path.read_bytes() for path in case.state.rglob("*") if path.is_file())
    assert b"client-key-data" not in state
    more = 'got = ConfigMap.get("got", f"{ns}/two-inner", opts=ResourceOptions(provider=second))'
    outcome = case.up(dedent(source) + more + '\npulumi.export("got", got.metadata.uid)', **given)
    assert outcome.outputs["got"] == other.client.get("v1", "ConfigMap", "two-inner", case.ns)["metadata"]["uid"]
    assert len(case.destroy().changes) == 5
    assert other.names() == case.names() == set()


def test_the_same_cluster_by_other_words_touches_nothing(case, other):
    """Another file, then other credentials, then the provider that is there by itself."""
    case.up(ONE, other=other.first)
    before = records(case)["p"]
    again = whole(case.kubeconfig, case.folder / "again", **{"tls-server-name": "localhost"})
    assert case.preview(ONE, other=again).changes == case.up(ONE, other=again).changes == ()
    after = records(case)["p"]
    assert after["id"] == before["id"]
    assert after["inputs"] != before["inputs"]
    by_default = ONE.replace("opts=ResourceOptions(provider=p)", "opts=None")
    assert case.preview(by_default, other=again).changes == case.up(by_default, other=again).changes == ()
    assert case.names() == {"a"}


def test_another_cluster_takes_new_objects(case, other):
    case.up(MAIN + ONE, other=other.first)
    before = records(case)["p"]["id"]
    preview = case.preview(MAIN + ONE, other=other.kubeconfig)
    outcome = case.up(MAIN + ONE, other=other.kubeconfig)
    assert preview.changes == outcome.changes
    assert told(outcome) == [("replace", "a")]
    assert outcome.changes[0].reason == "its provider leads to another cluster"
    assert case.names() == {"main"}
    assert other.names() == {"a"}
    assert records(case)["p"]["id"] != before
    assert len(case.checkpoint()["resources"]) == 5
    assert case.up(MAIN + ONE, other=other.kubeconfig).changes == ()


def test_what_goes_with_its_provider_is_deleted_by_the_recorded_one(case, other):
    case.up(MAIN + ONE, other=other.kubeconfig)
    Path(other.kubeconfig).unlink()
    assert case.preview(MAIN).changes == (outcome := case.up(MAIN)).changes
    assert told(outcome) == [("delete", "a")]
    assert other.names() == set()
    assert set(records(case)) == {"case-dev", "main", next(n for n in records(case) if n.startswith("default_"))}


def test_a_kubeconfig_that_only_up_knows(case, other):
    source = """
    from pathlib import Path
    main = ConfigMap("main", metadata={"namespace": ns, "name": "main"})
    text = main.metadata.uid.apply(lambda _: Path(config.require("other")).read_text())
    p = k8s.Provider("p", kubeconfig=pulumi.Output.secret(text))
    ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": "1"}, opts=ResourceOptions(provider=p))
    """
    preview = case.preview(source, other=other.kubeconfig)
    assert told(preview) == told(case.up(source, other=other.kubeconfig)) == [("create", "a"), ("create", "main")]
    assert other.names() == {"a"}
    assert case.preview(source, other=other.kubeconfig).changes == ()
    assert len(case.destroy().changes) == 2


def test_an_unreachable_second_cluster_fails_its_own_resources_only(case, other):
    named = MAIN + ONE.replace("namespace=config", "cluster_identifier='second', namespace=config")
    case.up(named, other=other.kubeconfig)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"https://127.0.0.1:{closed.getsockname()[1]}"
        gone = whole(Path(other.kubeconfig), case.folder / "gone", server=dead)
        more = f"""{MAIN.replace("main", "more")}{named}
b = ConfigMap("b", metadata={{"namespace": ns, "name": "b"}}, opts=ResourceOptions(provider=p))
"""
        with pytest.raises(UnreachableError, match="can't be reached"):
            case.up(more, other=gone)
        assert case.names() == {"main", "more"}
        with case.engine() as engine:
            found = engine.refresh("case", "dev")
        assert {one.name: one.standing for one in found.objects} == {
            "a": "unreachable",
            "main": "unchanged",
            "more": "unchanged",
        }
        with pytest.raises(UnreachableError, match="can't be reached"):
            case.up("")
        assert set(records(case)) >= {"a", "p"}
        with pytest.raises(UnreachableError, match="can't be reached"):
            case.destroy()
        assert set(records(case)) >= {"a", "p"}
    assert other.names() == {"a"}
    case.up(named, other=other.kubeconfig)
    assert told(case.destroy()) == [("delete", "a"), ("delete", "main")]
    assert other.names() == case.names() == set()


def test_what_may_be_in_an_unreachable_cluster_stays_pending(case, other):
    """As after a kill in the middle of a creation: neither forgotten nor taken for made, until it can be seen."""
    case.up(ONE, other=other.kubeconfig)
    made = records(case)["a"]
    provider = made["provider"]
    state = StackState(backend(case.state), "case", "dev", lambda _: Crypter.resume(PASSPHRASE, salt(case))).open()
    found = state.resources[made["urn"]]
    state.drop(found)
    state.intend(replace(found, outputs={}))
    old = state.resources[provider.rpartition("::")[0]]
    content = Path(other.kubeconfig).read_text()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"https://127.0.0.1:{closed.getsockname()[1]}"
        text = Path(whole(Path(other.kubeconfig), case.folder / "gone", server=dead)).read_text()
        state.put(replace(old, inputs={**old.inputs, "kubeconfig": secret(text)}))
        state.close()
        with pytest.raises(UnreachableError):
            case.destroy()
        assert [one["resource"]["urn"] for one in case.checkpoint()["pending_operations"]] == [made["urn"]]
        assert "p" in records(case)
    state = StackState(backend(case.state), "case", "dev", lambda _: Crypter.resume(PASSPHRASE, salt(case))).open()
    old = state.resources[provider.rpartition("::")[0]]
    state.put(replace(old, inputs={**old.inputs, "kubeconfig": secret(content)}))
    state.close()
    assert told(case.destroy()) == [("delete", "a")]
    assert other.names() == set()


def salt(case: Case) -> str:
    return str(case.checkpoint()["secrets_providers"]["state"]["salt"])


def test_the_programs_configuration_is_that_of_the_default_provider(case, other):
    program = case.program('ConfigMap("a", metadata={"name": "a"})')
    given = {"kubernetes:kubeconfig": other.kubeconfig, "kubernetes:namespace": case.ns, "kubernetes:context": "test"}
    elsewhere = replace(program, config={**program.config, **given})
    with case.engine() as engine:
        assert engine.preview(elsewhere).changes == engine.up(elsewhere).changes
        assert engine.up(elsewhere).changes == ()
    assert other.names() == {"a"}
    default = next(record for name, record in records(case).items() if name.startswith("default_"))
    assert default["inputs"]["namespace"] == case.ns
    assert other.kubeconfig not in str(default)
    assert told(case.destroy()) == [("delete", "a")]
    assert other.names() == set()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("render_yaml_to_directory='out'", "renderYamlToDirectory"),
        ("enable_server_side_apply=False", "enableServerSideApply=false"),
        ("delete_unreachable=True", "deleteUnreachable=true"),
        ("context='none'", "has no context 'none'"),
        ("kubeconfig='not/there'", "can't be read"),
        ("kubeconfig='a: b\\nc: d'", "has no context"),
    ],
)
def test_what_a_provider_cannot_do_is_told_by_its_name(case, options, said):
    source = f'p = k8s.Provider("p", {options})\nConfigMap("a", opts=ResourceOptions(provider=p))'
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError) as failed:
            act(source)
        assert said in str(failed.value)
    assert case.names() == set()


def test_a_cluster_may_be_named_instead_of_known_by_its_address(case, other):
    named = ONE.replace("namespace=config", "cluster_identifier='x', namespace=config")
    case.up(named, other=other.first)
    assert case.preview(named.replace("'x'", "'y'"), other=other.first).changes[0].action == "replace"
    with Engine(case.state, case.kubeconfig, PASSPHRASE, Silent()) as engine:
        local = whole(case.kubeconfig, case.folder / "local")
        text = Path(local).read_text().replace("127.0.0.1", "localhost")
        Path(local).write_text(text)
        assert engine.up(case.program(named, other=local)).changes == ()
