"""No secret gets out with an error."""

import base64

from mecctl.engine.failures import Failure, Mask, unreachable
from mecctl.engine.values import secret
from mecctl.errors import MecctlError, UnreachableError


def test_secrets_are_hidden_in_every_part_of_an_error():
    mask = Mask()
    mask.learn({"a": secret({"b": "hunter2!", "c": "x"}), "d": "open"})
    coded = base64.b64encode(b"hunter2!").decode()
    error = mask.error(MecctlError("bad hunter2!", where="at hunter2!", why=f"got {coded}", fix="not x, open"))
    assert str(error) == "at [secret]: bad [secret]\n  because: got [secret]\n  to fix: not x, open"


def test_a_line_of_a_secret_file_is_hidden_too():
    mask = Mask()
    mask.learn({"key": secret("-----BEGIN-----\nAAAABBBBCCCC\n-----END-----\n")})
    assert mask.text("parse error near AAAABBBBCCCC") == "parse error near [secret]"


def test_unreachable_stays_unreachable():
    assert isinstance(Mask().error(UnreachableError("gone")), UnreachableError)
    away, other = Failure("a", "a", UnreachableError("gone")), Failure("b", "b", MecctlError("broken"))
    assert unreachable((away, away)) is away.error
    assert unreachable((away, other)) is None
