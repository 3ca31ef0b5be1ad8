"""The S-NSSAIs that core networks' configuration files really carry."""

import pytest

from mecctl.standards.snssai import from_parts


@pytest.mark.parametrize(
    ("sst", "sd", "text"),
    [
        (1, "010203", "1-010203"),
        ("1", "010203", "1-010203"),
        ("01", "0x111111", "1-111111"),
        (1, None, "1"),
        (1, "ffffff", "1"),
        ("255", "0000A1", "255-0000a1"),
    ],
)
def test_read(sst, sd, text):
    assert str(from_parts(sst, sd)) == text


@pytest.mark.parametrize(
    ("sst", "sd"),
    [(1, 4227), (1, 112233), (1, 1), (256, None), ("0x01", None), ("", None), ("9" * 5000, None), (None, "010203")],
)
def test_refused(sst, sd):
    with pytest.raises(ValueError, match=r"Snssai"):
        from_parts(sst, sd)
