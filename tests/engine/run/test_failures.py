"""No secret gets out with an error."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from mecctl.engine.objects.values import secret
from mecctl.engine.run.failures import Failure, unreachable
from mecctl.engine.run.mask import Mask
from mecctl.errors import MecctlError, UnreachableError

AWKWARD = 'a "pass" word/ü?>~\n\\end'


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


@pytest.mark.parametrize(
    "form",
    [
        base64.b64encode(AWKWARD.encode()).decode(),
        base64.b64encode(AWKWARD.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(AWKWARD.encode()).decode(),
        AWKWARD.encode().hex(),
        AWKWARD.encode().hex().upper(),
        json.dumps(AWKWARD),
        json.dumps(AWKWARD, ensure_ascii=False),
        quote(AWKWARD, safe=""),
        quote_plus(AWKWARD),
        repr(AWKWARD),
    ],
)
def test_a_secret_is_hidden_however_it_is_written(form):
    mask = Mask()
    mask.learn({"key": secret(AWKWARD)})
    assert mask.text(f"before {form} after").strip("'\"") in (
        "before [secret] after",
        'before "[secret]" after',
        "before '[secret]' after",
    )


def test_the_longest_of_secrets_within_each_other_goes_first():
    mask = Mask()
    mask.learn({"a": secret("hunter"), "b": secret("hunter2!")})
    mask.learn({"c": secret("hunter2! and more")})
    assert mask.text("hunter2! and more, hunter2!, hunter") == "[secret], [secret], [secret]"


def test_unreachable_stays_unreachable():
    assert isinstance(Mask().error(UnreachableError("gone")), UnreachableError)
    away, other = Failure("a", "a", UnreachableError("gone")), Failure("b", "b", MecctlError("broken"))
    assert unreachable((away, away)) is away.error
    assert unreachable((away, other)) is None
