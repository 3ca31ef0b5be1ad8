from mecctl.engine.objects.fields import FieldDiff
from mecctl.engine.objects.values import Secret
from mecctl.engine.run.failures import Failure
from mecctl.engine.run.finding import Finding, Findings
from mecctl.engine.run.outcome import Outcome, ResourceChange
from mecctl.engine.run.result import StackResult
from mecctl.errors import MecctlError
from mecctl.report.stack import findings_to_json, findings_to_text, result_to_json, result_to_text

KIND = "kubernetes:apps/v1:Deployment"
FIELDS = (
    FieldDiff("spec.replicas", 1, 2),
    FieldDiff("spec.paused", True, None),
    FieldDiff("metadata.labels", None, {"a": "ü"}),
    FieldDiff("spec.secret", "[secret]", "[secret]"),
)
CHANGE = ResourceChange("urn:web", KIND, "web", "update", "spec.replicas differs", "shop/web", FIELDS)
RESULT = StackResult("shop", "dev", "embedded", Outcome((CHANGE,), {"url": "http://x", "key": Secret("hunter22")}))


def test_changes_with_their_fields_then_outputs_then_the_sum():
    assert result_to_text(RESULT, "preview", diff=True).splitlines() == [
        "~ apps/v1/Deployment shop/web  (spec.replicas differs)",
        "    ~ spec.replicas: 1 → 2",
        "    - spec.paused: true",
        '    + metadata.labels: {"a": "ü"}',
        "    ~ spec.secret: [secret] → [secret]",
        "",
        "OUTPUT  VALUE",
        "key     [secret]",
        "url     http://x",
        "",
        "shop/dev: 1 to update",
    ]


def test_a_long_value_is_cut():
    change = ResourceChange("u", KIND, "a", "create", "is new", "a", (FieldDiff("data.k", None, "x" * 500),))
    line = result_to_text(StackResult("p", "s", "e", Outcome((change,))), "up", diff=True).splitlines()[1]
    assert len(line) < 130
    assert line.endswith("…")


def test_what_failed_is_told_and_the_sum_says_so():
    failure = Failure("urn:web", f"{KIND} web", MecctlError("no", fix="mend it"))
    text = result_to_text(StackResult("shop", "dev", "embedded", Outcome(), (failure,)), "up", diff=False)
    assert text.splitlines() == [f"✗ {KIND} web: no", "      to fix: mend it", "shop/dev: 1 failed"]


def test_json_has_the_promised_fields_and_no_secret():
    told = result_to_json(RESULT)
    assert told["outputs"] == {"url": "http://x", "key": "[secret]"}
    assert told["changes"][0]["diff"][0] == {"path": "spec.replicas", "before": 1, "after": 2}
    assert {"urn", "type", "name", "object", "action", "reason", "diff"} == set(told["changes"][0])
    assert (told["ok"], told["errors"]) == (True, [])
    assert result_to_json(RESULT, show_secrets=True)["outputs"]["key"] == "hunter22"


def test_findings_say_what_became_of_each_object():
    found = Findings(
        (
            Finding("u1", KIND, "a", "ns/a", "unchanged"),
            Finding("u2", KIND, "b", "ns/b", "deleted", "is gone from the cluster"),
            Finding("u3", KIND, "c", "ns/c", "unreachable", "no answer"),
        )
    )
    assert findings_to_text(("p", "dev"), found).splitlines() == [
        "- apps/v1/Deployment ns/b  (deleted: is gone from the cluster)",
        "? apps/v1/Deployment ns/c  (unreachable: no answer)",
        "p/dev: 1 deleted, 1 unchanged, 1 unreachable",
    ]
    assert findings_to_json(("p", "dev"), "embedded", found)["ok"] is False
    assert findings_to_text(("p", "dev"), Findings()) == "p/dev: no objects"
