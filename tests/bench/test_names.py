"""How the bench of names judges an answer."""

import pytest

from bench.names.__main__ import behind
from bench.names.asking import Asked

ONE, BOTH, NONE = frozenset({"10.0.0.1"}), frozenset({"10.0.0.1", "10.0.0.2"}), frozenset[str]()
MOMENTS = [(0.0, BOTH), (10.0, ONE), (20.0, NONE), (30.0, BOTH)]


@pytest.mark.parametrize(
    ("sent", "answered", "code", "addresses", "late"),
    [
        (5.0, 5.1, 0, BOTH, 0.0),
        (11.5, 11.6, 0, BOTH, 1.5),
        (11.5, 11.6, 0, ONE, 0.0),
        (9.9, 10.1, 0, BOTH, 0.0),  # so when it was asked
        (9.9, 10.1, 0, ONE, 0.0),  # so when it was answered
        (25.0, 25.1, 3, NONE, 0.0),
        (33.0, 33.1, 3, NONE, 3.0),
        (33.0, 33.1, 0, ONE, 13.0),
        (15.0, 15.1, 3, NONE, None),
        (25.0, 25.1, 5, NONE, None),  # refused is no answer
        (5.0, 5.1, 0, frozenset({"10.0.0.9"}), None),
    ],
)
def test_how_late_an_answer_is(sent, answered, code, addresses, late):
    assert behind(Asked(sent, answered, code, addresses), MOMENTS) == late
