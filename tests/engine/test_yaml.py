"""Manifests that a program reads: files, patterns, texts, lists, transformations."""

import socket

import pytest

from mecctl.engine.run.failures import ProgramError
from tests.support.cases import told

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # the SDK's own

MANIFESTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: one, annotations: {day: 2026-01-01, truth: "yes"}}
data: {k: "1"}
---
# nothing here
---
apiVersion: v1
kind: ConfigMapList
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: two}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: three}
"""
READ = """
def ours(obj, opts):
    if "metadata" not in obj:  # the list
        return
    obj["metadata"]["namespace"] = ns
    if obj["metadata"]["name"] == "three":
        obj["apiVersion"], obj["kind"] = "v1", "List"
"""


def write(case) -> None:
    folder = case.folder / "program"
    folder.mkdir(exist_ok=True)
    (folder / "manifest.yaml").write_text(MANIFESTS)
    for name in ("x", "y"):
        text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: part-{name}}}\n"
        (folder / f"part-{name}.yaml").write_text(text)


def test_a_file_beside_the_program_with_transformations_and_a_prefix(case):
    write(case)
    source = (
        READ
        + """
read = k8s.yaml.ConfigFile("read", "manifest.yaml", transformations=[ours], resource_prefix="p")
pulumi.export("k", read.resources.apply(lambda found: [one.data for key, one in found.items() if "one" in key][0]["k"]))
"""
    )
    expected = [("create", f"p-{case.ns}/one"), ("create", f"p-{case.ns}/two")]
    assert sorted(told(case.preview(source))) == expected
    made = case.up(source)
    assert sorted(told(made)) == expected
    assert made.outputs["k"] == "1"
    assert case.names() == {"one", "two"}
    assert case.get("ConfigMap", "one")["metadata"]["annotations"] == {"day": "2026-01-01", "truth": "yes"}
    assert case.up(source).changes == ()
    assert len(case.up("").changes) == 2


def test_patterns_texts_and_skipped_waits(case):
    write(case)
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {containers: [{name: c, image: registry.invalid/x}]}"
    )
    source = (
        READ
        + f"""
k8s.yaml.ConfigGroup("read", files=["part-*.yaml"], yaml=[{text!r}], transformations=[ours], skip_await=True)
"""
    )
    assert len(case.up(source).changes) == 3
    assert case.names() == {"part-x", "part-y"}
    assert case.get("Pod", "pod")["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert case.up(source).changes == ()


def test_broken_manifests_and_unreachable_addresses_are_told(case):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/x.yaml"
        for source, said in (
            ("k8s.yaml.ConfigGroup('g', yaml=['a: [b'])", "YAML that is broken"),
            ("k8s.yaml.ConfigGroup('g', yaml=['- a'])", "no Kubernetes object"),
            ("k8s.yaml.ConfigFile('f', 'missing.yaml')", "missing.yaml"),
            (f"k8s.yaml.ConfigFile('f', {address!r})", "127.0.0.1"),
        ):
            for act in (case.preview, case.up):
                with pytest.raises(ProgramError, match=said):
                    act(source)
    assert case.names() == set()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("k8s.yaml.v2.ConfigFile('refused', file='x.yaml')", "kubernetes:yaml/v2:ConfigFile refused"),
        ("k8s.helm.v3.Release('refused', chart='x')", "kubernetes:helm.sh/v3:Release refused"),
        ("k8s.helm.v4.Chart('refused', chart='x')", "kubernetes:helm.sh/v4:Chart refused"),
        ("k8s.kustomize.v2.Directory('refused', directory='x')", "kubernetes:kustomize/v2:Directory refused"),
        ("k8s.kustomize.Directory('refused', directory='x')", "kubernetes:kustomize:directory"),
        ("k8s.helm.v3.Chart('refused', k8s.helm.v3.LocalChartOpts(path='x'))", "kubernetes:helm:template"),
    ],
)
def test_what_needs_a_plugin_is_refused_by_name(case, source, name):
    for act in (case.preview, case.up):
        with pytest.raises(ProgramError, match="engine: pulumi") as failed:
            act(source)
        assert name in str(failed.value)
