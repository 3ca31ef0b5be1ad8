"""The identity provider in a site file."""

import pytest

from tests.support.certificates import Authority

OIDC = "    oidc: {issuer: https://login.example.org, clientID: mec"


def oidc(more: str = "") -> tuple[str, str]:
    return "    hardening: none\n", f"{OIDC}{more}}}\n"


def test_a_provider(edited):
    found = edited(oidc()).site.kubernetes.oidc

    assert (found.issuer, found.client_id, found.ca_file) == ("https://login.example.org", "mec", None)


def test_its_authority_is_a_file_of_certificates(edited, folder):
    Authority(folder)

    assert edited(oidc(", caFile: ca.crt")).site.kubernetes.oidc.ca_file == "ca.crt"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "there is no file"), ("PEM", "has no certificates"), ("", "empt")]
)
def test_an_authority_that_is_none(told, folder, content, said):
    if content is not None:
        (folder / "other.crt").write_text(content)

    (problem,) = told(oidc(", caFile: other.crt"))
    assert said in problem


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ", usernamePrefix: 'system:'",
            "site.yaml:13: spec.kubernetes.oidc.usernamePrefix: 'system:' isn't valid here",
        ),
        (", groupsPrefix: ''", "site.yaml:13: spec.kubernetes.oidc.groupsPrefix: '' isn't valid here; a word and ':'"),
        (", insecure: true", "site.yaml:13: spec.kubernetes.oidc.insecure"),
    ],
)
def test_what_is_refused(told, more, said):
    (problem,) = told(oidc(more))
    assert problem.startswith(said)


def test_an_issuer_speaks_tls(told):
    (problem,) = told(("    hardening: none\n", OIDC.replace("https:", "http:") + "}\n"))
    assert problem.startswith("site.yaml:13: spec.kubernetes.oidc.issuer: 'http://login.example.org' isn't an issuer's")


def test_a_provider_that_no_api_server_would_be_told_of(told):
    (problem,) = told(("    hardening: none\n", f"    hardening: none\n{OIDC}}}\n"))
    assert problem.startswith(
        "site.yaml:14: spec.kubernetes.oidc: an identity provider needs the API server's own files"
    )
