"""Secrets in the clear are refused, by name or by what they are; what only speaks of them passes."""

import pytest

from mecctl.sitefile.checks_secrets import names_a_secret

ENV = "replicas: 2"


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "password", "API_KEY", "apiKey", "AUTH_TOKEN", "SECRET", "SECRET_KEY_BASE", "tokens"]
)
def test_names_of_secrets(name):
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name", ["LOG_LEVEL", "MONKEY", "KEYBOARD", "TOKEN_URL", "PASSWORD_FILE", "AWS_ACCESS_KEY_ID", "PUBLIC_KEY", "MODE"]
)
def test_names_of_other_things(name):
    assert not names_a_secret(name)


def test_a_secret_in_the_clear_is_refused_with_its_line_and_without_its_value(told):
    (problem,) = told((ENV, "env: {DB_PASSWORD: hunter2}"))

    assert problem.startswith("site.yaml:18: spec.workloads[0].env.DB_PASSWORD: by its name this is a secret")
    assert "{fromSecret: NAME} with NAME in secrets.yaml" in problem
    assert "hunter2" not in problem


def test_a_private_key_is_refused_wherever_it_stands(told):
    (problem,) = told((ENV, 'args: ["-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl"]'))

    assert "spec.workloads[0].args[0]: a private key stands here in the clear" in problem
    assert "b3Bl" not in problem


@pytest.mark.parametrize(
    "env",
    [
        "env: {DB_PASSWORD: {fromSecret: db}}",
        "env: {DB_PASSWORD: {fromEnv: DB}}",
        "env: {DB_PASSWORD: {fromFile: keys/db}}",
        'env: {DB_PASSWORD: ""}',
    ],
)
def test_a_reference_is_no_secret(edited, env):
    assert edited((ENV, env)).site.workloads[0].env


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ("{A: {fromSecret: x, fromEnv: Y}}", "spec.workloads[0].env.A: this must name one place"),
        ("{A: {}}", "spec.workloads[0].env.A: this must name one place"),
        ("{A: {fromVault: x}}", "spec.workloads[0].env.A.fromVault: this key isn't known here; "),
        ("{A: {fromSecret: a/b}}", "spec.workloads[0].env.A.fromSecret: 'a/b' isn't valid here"),
        ("{A: [x]}", "spec.workloads[0].env.A: this is a list"),
    ],
)
def test_a_wrong_reference_is_told_in_its_place(told, env, said):
    assert any(said in problem for problem in told((ENV, f"env: {env}")))


def test_a_secrets_file_in_the_clear_is_told(folder, told):
    (folder / "secrets.yaml").write_text("db: hunter2\n")

    (problem,) = told()
    assert problem.startswith("secrets.yaml: isn't encrypted")
