"""Both ends of the range of SDK versions: the oldest brings a stack up, the newest goes on with it, and back."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import platformdirs
import pytest

from mecctl.engine.engine import Engine
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "tests/data/oldest-sdk.lock"
SHOP = ROOT / "tests/data/programs/shop"
RUN = """
import json, sys
from importlib.metadata import version
from pathlib import Path
from mecctl.engine.engine import Engine
from mecctl.engine.project.program import Program
from mecctl.plan.progress import Silent
verb, folder, state, kubeconfig, passphrase, config = sys.argv[1:]
with Engine(Path(state), Path(kubeconfig), passphrase, Silent()) as engine:
    program = Program(Path(folder), "dev", json.loads(config))
    done = engine.destroy(program.project, "dev") if verb == "destroy" else getattr(engine, verb)(program)
told = [[one.action, one.name, one.reason] for one in done.changes]
outputs = {name: str(value) for name, value in done.outputs.items()}
print(json.dumps({"sdk": version("pulumi"), "changes": told, "outputs": outputs}))
"""
# What a program may do with the oldest SDK beyond what the shop does.
MORE = """
import pulumi
import pulumi_kubernetes as k8s
ns = pulumi.Config().require("namespace")
def label(args):
    if args.type_ == "kubernetes:core/v1:ConfigMap":
        return pulumi.ResourceTransformResult({**args.props, "data": {"by": "transform"}}, args.opts)
pulumi.runtime.register_stack_transform(label)
text = f"apiVersion: v1\\nkind: ConfigMap\\nmetadata: {{name: y, namespace: {ns}, annotations: {{day: 2026-01-01}}}}"
k8s.yaml.ConfigGroup("group", yaml=[text])
kept = k8s.core.v1.ConfigMap("kept", metadata={"namespace": ns, "name": "kept"}, opts=pulumi.ResourceOptions(
    aliases=[pulumi.Alias(name="before")], retain_on_delete=False, custom_timeouts=pulumi.CustomTimeouts(create="9s")))
again = k8s.core.v1.ConfigMap.get("again", kept.id)
pulumi.export("data", again.data)
"""


@pytest.fixture(scope="session")
def oldest() -> Path:
    """A Python with the oldest SDK, made once and kept where downloads are kept."""
    folder = Path(platformdirs.user_cache_dir("mecctl")) / "tests" / "oldest-sdk"
    python, done = folder / "bin" / "python", folder / "installed.lock"
    if not done.exists() or done.read_text() != LOCK.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--only-binary=:all:",
            "-r",
            LOCK,
        ]
        subprocess.run(install, check=True)
        done.write_text(LOCK.read_text())
    return python


class Old:
    def __init__(self, python: Path, case) -> None:
        self.python, self.case = python, case

    def run(self, verb: str, folder: Path, **config: str):
        project = Program(folder, "dev").project
        given = json.dumps({f"{project}:{key}": value for key, value in config.items()})
        words: list[str | Path] = [verb, folder, self.case.state, self.case.kubeconfig, PASSPHRASE, given]
        ended = subprocess.run(
            [self.python, "-W", "error::DeprecationWarning:mecctl", "-c", RUN, *words],
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)


def test_the_newest_sdk_goes_on_where_the_oldest_stopped_and_back(case, oldest):
    old = Old(oldest, case)
    names = {"namespace": f"{case.ns}-shop"}
    preview, up = old.run("preview", SHOP, **names), old.run("up", SHOP, **names)
    assert up["sdk"] == "3.150.0" != version("pulumi")
    assert preview["changes"] == up["changes"]
    assert len(up["changes"]) == 12
    assert up["outputs"]["login"] == "[secret]"
    with Engine(case.state, case.kubeconfig, PASSPHRASE, Silent()) as engine:
        program = Program(SHOP, "dev", {f"shop:{key}": value for key, value in names.items()})
        assert engine.preview(program).changes == ()
        new = engine.up(program)
        assert new.changes == ()
        assert new.outputs["address"] == up["outputs"]["address"]
    assert old.run("up", SHOP, **names)["changes"] == []
    assert len(old.run("destroy", SHOP)["changes"]) == 12


def test_the_oldest_sdk_has_transforms_yaml_aliases_and_reads(case, oldest):
    folder = case.folder / "more"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: more\nruntime: python\n")
    (folder / "__main__.py").write_text(MORE)
    old = Old(oldest, case)
    made = old.run("up", folder, namespace=case.ns)
    assert [one[:2] for one in made["changes"]] == [["create", "kept"], ["create", f"{case.ns}/y"]]
    assert made["outputs"]["data"] == "{'by': 'transform'}"
    assert case.get("ConfigMap", "y")["metadata"]["annotations"]["day"] == "2026-01-01"
    with Engine(case.state, case.kubeconfig, PASSPHRASE, Silent()) as engine:
        assert engine.up(Program(folder, "dev", {"more:namespace": case.ns})).changes == ()
