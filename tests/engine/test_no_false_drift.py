"""Objects of all kinds, as people write them: what is only written otherwise, defaulted or added is no change."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.cases import told

pytestmark = pytest.mark.e2e

TEXT = Path("tests/data/manifests/every-kind.yaml").read_text()
SOURCE = "k8s.yaml.ConfigGroup('all', yaml=[config.require('text')])"


def test_the_manifests_are_of_many_kinds():
    kinds = {document["kind"] for document in yaml.safe_load_all(TEXT)}
    assert len(kinds) >= 40


def test_a_second_up_changes_nothing(case):
    text = TEXT.replace("NS", case.ns)
    count = len(list(yaml.safe_load_all(text)))
    preview, up = case.preview(SOURCE, text=text), case.up(SOURCE, text=text)
    assert preview.changes == up.changes
    assert len(up.changes) == count
    _annotate(case, [change.object for change in up.changes if "ConfigMap" in change.type or "Gadget" in change.type])
    for verb in (case.up, case.preview, case.up):
        assert [(one.name, one.reason) for one in verb(SOURCE, text=text).changes] == []
    with case.engine() as engine:
        assert [(one.name, one.reason) for one in engine.refresh("case", "dev").drifted] == []
    assert case.up(SOURCE, text=text).changes == ()
    assert len(case.destroy().changes) == count


def _annotate(case: Any, ids: list[str]) -> None:
    """Write on objects what controllers write."""
    for id_ in ids:
        namespace, name = id_.split("/")
        kind = "configmaps" if name in ("text", "empty", "nulls") else "gadgets"
        root = "/api/v1" if kind == "configmaps" else f"/apis/{case.ns}.example.com/v1"
        body = {"metadata": {"annotations": {"controller": "was here"}, "finalizers": []}}
        headers = {"Content-Type": "application/merge-patch+json"}
        params = {"fieldManager": "controller"}
        path = f"{root}/namespaces/{namespace}/{kind}/{name}"
        case.client.request("PATCH", path, params=params, body=body, headers=headers)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("cpu", "1000m", "1"),
        ("cpu", "0.5", "500m"),
        ("memory", "1024Mi", "1Gi"),
        ("memory", "1024Ki", "1Mi"),
    ],
)
def test_another_spelling_of_a_quantity_is_no_change(case, field, one, other):
    source = f"""
    k8s.core.v1.Pod("p", metadata={{"namespace": ns, "name": "p", "annotations": {{"pulumi.com/skipAwait": "true"}}}},
        spec={{"containers": [{{"name": "c", "image": "registry.invalid/c:1",
            "resources": {{"requests": {{"{field}": config.require("value")}}}}}}]}})
    """
    case.up(source, value=one)
    assert case.preview(source, value=other).changes == ()
    assert case.up(source, value=other).changes == ()
    assert case.up(source, value=one).changes == ()


def test_a_secret_in_words_and_in_base64_is_the_same(case):
    words = 'Secret("s", metadata={"namespace": ns, "name": "s"}, string_data={"a": "xyz"})'
    coded = 'Secret("s", metadata={"namespace": ns, "name": "s"}, data={"a": "eHl6"})'
    case.up(words)
    assert case.preview(coded).changes == ()
    assert case.up(coded).changes == ()
    assert case.up(words).changes == ()
    assert told(case.up(words.replace("xyz", "new"))) == [("update", "s")]
