"""Secrets in state, in the format of Pulumi's passphrase provider.

Key: PBKDF2-HMAC-SHA256, 1,000,000 rounds, 32 bytes; text: AES-256-GCM as `v1:<nonce>:<ciphertext>`, both base64
(pulumi/pulumi sdk/go/common/resource/config/crypt.go, pkg/secrets/passphrase/manager.go).
"""

from __future__ import annotations

import base64
import json
import os
import threading
from concurrent.futures import Future

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from mecctl.engine.objects.values import SECRET, SIGNATURE, Value, is_secret, mapped, reveal, secret
from mecctl.errors import MecctlError

_ROUNDS = 1_000_000
_PROOF = "pulumi"


class Crypter:
    """Encrypts and decrypts with a key that is derived in a thread; `salt` is 8 bytes."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        self.salt = salt
        self._cipher: Future[AESGCM] = Future()
        self._ciphertexts: dict[str, str] = {}
        threading.Thread(target=self._derive, args=(passphrase,), name="derive key", daemon=True).start()

    @classmethod
    def resume(cls, passphrase: str, state: str) -> Crypter:
        """Take up the salt that `state` (as `state()` returned it) begins with; `check` tells a wrong passphrase."""
        return cls(passphrase, base64.b64decode(state.split(":")[1]))

    @classmethod
    def fresh(cls, passphrase: str) -> Crypter:
        """Choose a random salt."""
        return cls(passphrase, os.urandom(8))

    def state(self) -> str:
        """Return what the checkpoint keeps: the salt, and a known word encrypted with the key."""
        return f"v1:{base64.b64encode(self.salt).decode()}:{self.encrypt(_PROOF)}"

    def check(self, state: str) -> None:
        """Raise MecctlError unless the passphrase is the one that `state` was written with."""
        self.decrypt(state.split(":", 2)[2])

    def encrypt(self, text: str) -> str:
        """Encrypt a text; one met before keeps its ciphertext, so that state keeps still."""
        if text not in self._ciphertexts:
            nonce = os.urandom(12)
            sealed = self._cipher.result().encrypt(nonce, text.encode(), None)
            self._ciphertexts[text] = ":".join(
                ("v1", base64.b64encode(nonce).decode(), base64.b64encode(sealed).decode())
            )
        return self._ciphertexts[text]

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt a text; MecctlError when the key is wrong or the text was altered."""
        try:
            version, nonce, sealed = ciphertext.split(":")
            if version != "v1":
                raise MecctlError(f"the state's secrets have the unknown format {version}")
            opened = self._cipher.result().decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None)
        except (InvalidTag, ValueError) as error:
            raise MecctlError(
                "the passphrase does not open the secrets in the state",
                why="it is another one than the state was written with, or the state was altered",
                fix="set PULUMI_CONFIG_PASSPHRASE to the passphrase the state was made with",
            ) from error
        text = opened.decode()
        self._ciphertexts[text] = ciphertext
        return text

    def seal(self, value: Value) -> Value:
        """Return a value with every secret in it encrypted."""
        if is_secret(value):
            plain = json.dumps(reveal(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
            return {SIGNATURE: SECRET, "ciphertext": self.encrypt(plain)}
        return mapped(value, self.seal)

    def open(self, value: Value) -> Value:
        """Undo `seal`; a secret that an export shows in the clear (`plaintext`) is taken too."""
        if is_secret(value):
            return secret(json.loads(value["plaintext"] if "plaintext" in value else self.decrypt(value["ciphertext"])))
        return mapped(value, self.open)

    def _derive(self, passphrase: str) -> None:
        # Other threads run meanwhile, so this takes place while the program is imported; hashlib takes twice as long.
        key = PBKDF2HMAC(SHA256(), 32, self.salt, _ROUNDS).derive(passphrase.encode())
        self._cipher.set_result(AESGCM(key))


class Keyring:
    """Chooses what opens the secrets of a stack, by the state of a passphrase provider; safe between threads."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._crypters: dict[str, Crypter] = {}
        self._lock = threading.Lock()

    def __call__(self, state: str | None) -> Crypter:
        """Return the crypter for `state`; a new stack (None) shares a key that is there, for deriving one is slow."""
        with self._lock:
            if state is None:
                fresh = next(iter(self._crypters.values()), None) or Crypter.fresh(self._passphrase)
                return self._crypters.setdefault("", fresh)
            part = state.split(":")[1]
            if part not in self._crypters:
                self._crypters[part] = Crypter.resume(self._passphrase, state)
            return self._crypters[part]
