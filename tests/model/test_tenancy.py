import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from mecctl.model import TENANT_ROLES, Oidc, cluster_role, parse_ttl, tenant_group

OIDC = {"issuer": "https://login.example.org/realms/mec", "clientID": "mec"}


@pytest.mark.parametrize(("text", "seconds"), [("10m", 600), ("8h", 28800), ("7d", 604800), ("090m", 5400)])
def test_a_certificates_time(text, seconds):
    assert parse_ttl(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "8", "h", "9m", "8d", "169h", "-1h", "1.5h", "8 h", "8s", "8H", "٨h", "9" * 5000 + "h"]
)
def test_what_is_none(text):
    with pytest.raises(PydanticCustomError, match="can't be a certificate's time; a number and m, h or d, from 10m"):
        parse_ttl(text)


def test_names():
    assert [cluster_role(role) for role in TENANT_ROLES] == [
        "mecctl-slice-viewer",
        "mecctl-slice-deployer",
        "mecctl-slice-admin",
    ]
    assert tenant_group("slice-1-0000a1", "admin") == "mecctl:slice-1-0000a1:admin"


def test_a_provider_speaks_for_its_own_people_only_unless_told_otherwise():
    oidc = Oidc.model_validate(OIDC)

    assert (oidc.username_claim, oidc.groups_claim, oidc.admin_groups) == ("sub", "groups", ())
    assert oidc.group("system:masters") == "oidc:system:masters"


@pytest.mark.parametrize("prefix", ["", "system:", "mecctl:", "kubeadm:", "oidc", ":", "OIDC:"])
def test_prefixes_that_are_none(prefix):
    for key in ("usernamePrefix", "groupsPrefix"):
        with pytest.raises(ValidationError, match=key):
            Oidc.model_validate({**OIDC, key: prefix})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.org",
        "login.example.org",
        "https://",
        "https://me@login.example.org",
        "https://login.example.org?x=1",
        "https://login.example.org/#x",
    ],
)
def test_issuers_that_are_none(issuer):
    with pytest.raises(ValidationError, match="isn't an issuer's address"):
        Oidc.model_validate({**OIDC, "issuer": issuer})


@pytest.mark.parametrize("issuer", ["https://a.auth.example/", "https://10.0.0.9:8443/realms/mec"])
def test_issuers(issuer):
    assert Oidc.model_validate({**OIDC, "issuer": issuer}).issuer == issuer
