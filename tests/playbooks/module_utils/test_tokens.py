import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from ansible.module_utils.mecctl import tokens
from ansible.module_utils.mecctl.item import NodeError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa


class Api:
    """An API server that signs with a token when it is asked the second time."""

    def __init__(self, status=201, signs=True):
        self.status, self.signs, self.asked, self.made = status, signs, 0, {}

    def request(self, method, _path, body=None):
        if method == "POST":
            self.made = body
            return self.status, {"message": "forbidden"}
        self.asked += 1
        signed = self.signs and self.asked > 1
        return 200, {"data": {f"jws-kubeconfig-{self.made['stringData']['token-id']}": "…"} if signed else {}}


def test_a_token_is_short_lived_and_signed_before_it_is_handed_out():
    api = Api()

    name, secret = tokens.make(api).split(".")

    assert (len(name), len(secret)) == (6, 16)
    assert api.made["metadata"]["name"] == f"bootstrap-token-{name}"
    assert api.made["stringData"]["expiration"].endswith("Z")
    assert api.asked == 2


def test_a_refusal_is_told():
    with pytest.raises(NodeError) as caught:
        tokens.make(Api(status=403))

    assert caught.value.why == "forbidden"


def test_a_cluster_that_does_not_sign_is_told(monkeypatch):
    monkeypatch.setattr(tokens, "SIGNED_WITHIN", 0.2)

    with pytest.raises(NodeError, match="doesn't sign"):
        tokens.make(Api(signs=False))


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_the_hash_of_a_ca_is_that_of_its_public_key(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kubernetes")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    assert tokens.ca_hash(pem) == f"sha256:{hashlib.sha256(der).hexdigest()}"
