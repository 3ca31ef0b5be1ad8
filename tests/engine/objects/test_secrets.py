"""Secrets are kept the way Pulumi's passphrase provider does."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.objects.values import SIGNATURE, secret
from mecctl.errors import MecctlError


@pytest.fixture(scope="module")
def crypter() -> Crypter:
    return Crypter("correct horse", b"saltsalt")


def test_the_format_is_pulumis(crypter):
    version, nonce, sealed = crypter.encrypt("hello").split(":")
    key = hashlib.pbkdf2_hmac("sha256", b"correct horse", b"saltsalt", 1_000_000, 32)
    assert version == "v1"
    assert len(base64.b64decode(nonce)) == 12
    assert AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None) == b"hello"
    assert crypter.state().startswith(f"v1:{base64.b64encode(b'saltsalt').decode()}:v1:")


def test_sealed_values_open_again_and_show_nothing(crypter):
    value = {"a": secret({"b": ["canary"]}), "c": [1, secret("canary")], "d": "open"}
    sealed = crypter.seal(value)
    assert "canary" not in str(sealed)
    assert sealed["a"].keys() == {SIGNATURE, "ciphertext"}
    assert crypter.open(sealed) == value


def test_a_secret_that_did_not_change_keeps_its_ciphertext(crypter):
    sealed = crypter.seal(secret("same"))
    other = Crypter("correct horse", b"saltsalt")
    assert other.seal(other.open(sealed)) == sealed
    assert crypter.seal(secret("same")) == sealed


def test_a_wrong_passphrase_is_told(crypter):
    other = Crypter.resume("wrong", crypter.state())
    with pytest.raises(MecctlError, match="passphrase") as told:
        other.check(crypter.state())
    assert "PULUMI_CONFIG_PASSPHRASE" in str(told.value)


@pytest.mark.parametrize("broken", ["v1:x", "v2:AAAA:AAAA", "v1:AAAA:!!", ""])
def test_a_broken_ciphertext_is_told(crypter, broken):
    with pytest.raises(MecctlError):
        crypter.decrypt(broken)
