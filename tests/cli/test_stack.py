"""`mecctl stack` on a program of the user's own and a real API."""

import base64
import json
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from mecctl.cli.app import INTERRUPTED, run
from mecctl.engine.objects.secrets import Crypter
from mecctl.errors import InputError

pytestmark = pytest.mark.e2e

SOURCE = """
a = ConfigMap("a", metadata={"namespace": ns, "name": "a"}, data={"k": config.get("k") or "1"})
if config.get_bool("more"):
    Secret("s", metadata={"namespace": ns, "name": "s"}, string_data={"p": config.require_secret("p")})
pulumi.export("name", a.metadata.name)
pulumi.export("p", pulumi.Output.secret("canary-one"))
print("printed by the program")
"""


@pytest.fixture
def stack(case, capsys, monkeypatch):
    """Write the program, and return what runs a command over it and gives its code, its JSON and its stderr."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase for tests")
    directory = case.program(SOURCE).directory

    def call(verb: str, *words: str, text: bool = False, ns: bool = True) -> Any:
        given = [f"--kubeconfig={case.kubeconfig}"] if verb not in ("outputs", "export", "import") else []
        config = [f"--config=ns={case.ns}"] if verb in ("preview", "up") and ns else []
        form = [] if text or verb in ("export", "import") else ["-o", "json"]
        code = run(["stack", verb, str(directory), *given, *config, *form, *words])
        said = capsys.readouterr()
        return SimpleNamespace(
            code=code,
            out=said.out,
            err=said.err,
            json=None if text or not said.out.startswith("{") else json.loads(said.out),
            directory=directory,
        )

    return call


def told(result: Any) -> list[tuple[str, str]]:
    return [(one["action"], one["name"]) for one in result.json["changes"]]


def test_a_program_goes_up_changes_and_goes_away(stack, case):
    planned = stack("preview", "--exit-code")
    assert (planned.code, told(planned)) == (2, [("create", "a")])
    assert {"path": "data.k", "before": None, "after": "1"} in planned.json["changes"][0]["diff"]
    assert case.names() == set()

    made = stack("up")
    assert (made.code, told(made)) == (0, [("create", "a")])
    assert made.json["outputs"] == {"name": "a", "p": "[secret]"}
    assert {made.json[key] for key in ("project", "stack", "engine")} == {"case", "dev", "embedded"}
    assert "printed by the program" in made.err
    assert "✓ create" in made.err
    assert stack("preview", "--exit-code").code == 0

    changed = stack("up", "--config=k=2")
    assert changed.json["changes"][0]["diff"] == [{"path": "data.k", "before": "1", "after": "2"}]
    assert stack("outputs").json["outputs"] == {"name": "a", "p": "[secret]"}
    assert stack("outputs", "--show-secrets").json["outputs"]["p"] == "canary-one"
    assert case.names() == {"a"}

    gone = stack("destroy", "--yes")
    assert (gone.code, told(gone)) == (0, [("delete", "a")])
    assert case.names() == set()


def test_text_shows_fields_and_a_sum(stack):
    planned = stack("preview", text=True)
    assert planned.err == "printed by the program\n"
    assert "+ v1/ConfigMap" in planned.out
    assert '    + data.k: "1"' in planned.out
    assert planned.out.endswith("case/dev: 1 to create\n")
    made = stack("up", text=True)
    assert "data.k" not in made.out
    assert made.out.endswith("case/dev: 1 created\n")
    again = stack("up", "--config=k=2", "--diff", text=True)
    assert '    ~ data.k: "1" → "2"' in again.out
    assert stack("preview", "--config=k=2", text=True).out.endswith("case/dev: nothing to change\n")


def test_the_stacks_own_file_is_read_and_no_secret_of_it_is_shown(stack, case):
    crypter = Crypter.fresh("a passphrase for tests")
    secure = {"secure": crypter.encrypt("canary-two")}
    config = {"case:ns": case.ns, "case:more": True, "case:p": secure}
    directory = stack("preview").directory
    (directory / "Pulumi.prod.yaml").write_text(json.dumps({"encryptionsalt": crypter.state(), "config": config}))
    made = stack("up", "--verbose", ns=False)
    assert (made.code, made.json["stack"], told(made)) == (0, "prod", [("create", "a"), ("create", "s")])
    assert [one["after"] for one in made.json["changes"][1]["diff"] if one["path"].startswith("stringData")] == [
        "[secret]"
    ]
    assert "canary-two" not in made.out + made.err
    assert case.get("Secret", "s")["data"] == {"p": "Y2FuYXJ5LXR3bw=="}


def test_up_asks_before_it_deletes_and_needs_yes_without_a_terminal(stack, case):
    assert stack("up", "--config=more=true", "--config=p=xxxx").code == 0
    refused = stack("up", text=True)
    assert refused.code == InputError.exit_code
    assert "--yes" in refused.err
    assert "- v1/Secret" in refused.err
    assert case.names("Secret") == {"s"}
    assert stack("destroy", text=True).code == InputError.exit_code
    assert told(stack("up", "--yes")) == [("delete", "s")]


def test_what_failed_stands_beside_what_was_done_and_a_failed_preview_stops_up(stack, case):
    case.program(SOURCE + 'ConfigMap("b", metadata={"namespace": ns, "name": "No_Name"})\n')
    failed = stack("preview")
    assert failed.code == 1
    assert failed.json["ok"] is False
    assert failed.json["errors"][0]["urn"].endswith("::b")
    assert told(failed) == [("create", "a")]
    assert stack("up").code == 1
    assert case.names() == set()
    tried = stack("up", "--yes")
    assert (tried.code, told(tried)) == (1, [("create", "a")])


def test_a_refresh_tells_what_became_of_the_objects(stack, case):
    stack("up")
    case.client.delete(case.get("ConfigMap", "a"))
    looked = stack("refresh", "--dry-run")
    assert [(one["name"], one["standing"]) for one in looked.json["objects"]] == [("a", "deleted")]
    assert stack("refresh", text=True).out.endswith("case/dev: 1 deleted\n")
    assert stack("refresh", text=True).out.endswith("case/dev: no objects\n")


def test_a_target_is_all_that_is_done(stack):
    more = ("--config=more=true", "--config=p=xxxx")
    assert told(stack("up", "--target=a", *more)) == [("create", "a")]
    wrong = stack("preview", "--target=aa", *more, text=True)
    assert (wrong.code, "'aa'" in wrong.out + wrong.err) == (1, True)


def test_state_is_where_the_project_says(stack, case, tmp_path):
    directory = stack("preview").directory
    (directory / "Pulumi.yaml").write_text("name: case\nruntime: python\nbackend: {url: file://../elsewhere}\n")
    stack("up")
    assert (directory.parent / "elsewhere/.pulumi/stacks/case/dev.json").exists()
    assert not (directory / ".mecctl/state").exists()


def test_its_own_state_is_nothing_for_a_repository(stack):
    directory = stack("up").directory
    assert (directory / ".mecctl/state/.pulumi/stacks/case/dev.json").exists()
    assert (directory / ".mecctl/.gitignore").read_text() == "*\n"


def test_state_is_taken_out_and_in(stack, tmp_path):
    stack("up")
    there = stack("export")
    assert there.json["version"] == 3
    assert "canary-one" not in there.out
    assert "canary-one" in stack("export", "--show-secrets").out
    kept = tmp_path / "kept.json"
    assert stack("export", f"--file={kept}").out == ""
    assert json.loads(kept.read_text()) == there.json
    stack("destroy", "--yes")
    assert stack("import", f"--file={kept}").out.startswith("case/dev is imported")
    assert stack("export").json["deployment"]["resources"] == there.json["deployment"]["resources"]
    assert told(stack("up")) == [("create", "a")]
    kept.write_text("no")
    assert stack("import", f"--file={kept}").code == InputError.exit_code


def test_a_field_of_someone_else_is_taken_over_when_told_to(stack, case):
    stack("up")
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": case.ns, "name": "a"}}
    params = {"fieldManager": "scaler", "force": "true"}
    form = {"Content-Type": "application/apply-patch+yaml"}
    path = f"/api/v1/namespaces/{case.ns}/configmaps/a"
    case.client.request("PATCH", path, params=params, body={**theirs, "data": {"k": "9"}}, headers=form)
    assert stack("up").code == 1
    taken = stack("up", "--force-conflicts")
    assert (taken.code, told(taken)) == (0, [("update", "a")])
    assert "scaler" in taken.json["changes"][0]["reason"]


def test_ctrl_c_ends_a_wait_saves_and_the_next_run_goes_on(case, monkeypatch):
    waiting = """
    ConfigMap("a", metadata={"namespace": ns, "name": "a"})
    k8s.core.v1.Pod("p", metadata={"namespace": ns, "name": "p"}, spec={"containers": [{"name": "x", "image": "x"}]})
    """
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase for tests")
    words = [str(case.program(waiting).directory), f"--kubeconfig={case.kubeconfig}", "--yes"]
    command = [sys.executable, "-c", "from mecctl.cli.app import main; main()", "stack"]
    running = subprocess.Popen([*command, "up", *words, f"--config=ns={case.ns}"], stderr=subprocess.PIPE, text=True)
    next(event for event in case.client.watch("v1", "Pod", namespace=case.ns) if event.type == "ADDED")
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=20)[1]
    assert (running.returncode, "interrupted" in said) == (INTERRUPTED, True), said
    assert run(["stack", "destroy", *words]) == 0
    assert case.names() == case.names("Pod") == set()


def test_beside_a_site_its_cluster_and_state_are_used(case, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    assert run(["init", "plant", str(tmp_path / "plant")]) == 0
    own = tmp_path / "plant" / ".mecctl"
    own.mkdir(exist_ok=True)
    config = yaml.safe_load(case.kubeconfig.read_text())
    authority = config["clusters"][0]["cluster"].pop("certificate-authority")
    content = (case.kubeconfig.parent / authority).read_bytes()
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(content).decode()
    (own / "kubeconfig").write_text(yaml.safe_dump(config))
    directory = case.program(SOURCE).directory
    words = [str(directory), f"--site={tmp_path / 'plant'}"]
    assert run(["stack", "up", *words, f"--config=ns={case.ns}"]) == 0
    assert case.names() == {"a"}
    assert (own / "state/.pulumi/stacks/case/dev.json").exists()
    assert (own / "passphrase").exists()
    assert not (directory / ".mecctl").exists()
    assert run(["stack", "destroy", *words, "--yes"]) == 0
