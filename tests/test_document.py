"""YAML read by the rules of 1.2's core schema, with lines, and no way to hurt the reader."""

import math
import time

import pytest

from mecctl.document import MAX_BYTES, parse, read_text, show
from mecctl.errors import InputError


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        parse(text, "f")
    return str(error.value)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("010203", 10203),
        ("0o17", 15),
        ("0x01", 1),
        ("1_000", "1_000"),
        ("0000a1", "0000a1"),
        ("0000e1", 0.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-.INF", -math.inf),
        ("2026-01-01", "2026-01-01"),
        ("12:30:45", "12:30:45"),
        ("10.77.0.11", "10.77.0.11"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("9" * 50, 1e50),
    ],
)
def test_scalars(literal, value):
    document, problems = parse(f"key: {literal}\n", "f")
    assert document.data == {"key": value}
    assert not problems
    assert document.literals.get(("key",)) == (None if isinstance(value, str) else literal)


def test_nan():
    document, _ = parse("key: .nan", "f")
    assert isinstance(document.data, dict)
    assert math.isnan(document.data["key"])


def test_lines():
    text = "a: 1\nb:\n  - x\n\n  - c: 2\n    d:\n      e\n"
    document, _ = parse(text, "f")
    places = {"a": 1, "b": 2, "b[0]": 3, "b[1]": 5, "b[1].c": 5, "b[1].d": 6}
    assert {show(place): line for place, line in document.lines.items() if place} == places
    assert document.line(("b", 1, "none", 3)) == 5


def test_block_text_and_bom_and_crlf():
    document, _ = parse("sd: |-\r\n  010203\r\n", "f")
    assert document.data == {"sd": "010203"}


def test_aliases_share_a_value_and_have_their_own_line():
    document, _ = parse("a: &one {x: 1}\nb: *one\n", "f")
    assert document.data == {"a": {"x": 1}, "b": {"x": 1}}
    assert document.line(("b", "x")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "f:3: a: comes twice, first in line 1; once"),
        ("n: {x: 1, x: 2}\n", "f:1: n.x: comes twice, first in line 1; once"),
        ("1: x\n", 'f:1: 1: this key isn\'t text; quote it: "1"'),
        ("true: x\n", 'f:1: true: this key isn\'t text; quote it: "true"'),
    ],
)
def test_problems_that_let_the_rest_be_read(text, said):
    _, problems = parse(text, "f")
    assert [str(problem) for problem in problems] == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\t- b\n", "f:2: isn't valid YAML: a tab indents this line; indent with spaces"),
        ("\ta: b\n", "f:1: isn't valid YAML: a tab indents this line; indent with spaces"),
        ("a: 1\nb: 'x\nc: 3\n", "f:2: isn't valid YAML: found unexpected end of stream"),
        ("a: b: c\n", "f:1: isn't valid YAML: mapping values are not allowed"),
        ("a: [1, 2\n", "f:"),
        ("a: {b: 1\nc: 2\n", "f:"),
        ("- a\nb: 1\n", "f:2: isn't valid YAML"),
        ('a: "\\q"\n', "f:1: isn't valid YAML: found unknown escape character"),
        ("%YAML 3.0\n---\na: 1\n", "f:1: isn't valid YAML"),
        ("a: \x01\n", "f:1: isn't text: it has a control character"),
        ("a: 1\n---\nb: 2\n", "f:2: a second document starts here; one document a file"),
        ("a: !vault |\n  x\n", "f:1: a tag (!) stands before this value; values without tags"),
        ("a: !!python/object/apply:os.system [x]\n", "f:1: a tag (!) stands before this value"),
        ("a: {<<: {b: 1}}\n", "f:1: merge keys (<<) aren't known"),
        ("? [a]\n: b\n", "f:1: a list, mapping or alias stands where a key belongs"),
        ("a: *gone\n", "f:1: the alias *gone names nothing above"),
        ("a: &a [*a]\n", "f:1: the alias *a names nothing above"),
        ("# only a comment\n", "f: has nothing but comments"),
    ],
)
def test_files_that_can_not_be_read(text, said):
    assert refused(text).startswith(said)


def test_what_was_found_before_the_end_is_told_too():
    assert refused("a: 1\na: 2\nb: !x 1\n").splitlines() == [
        "f:2: a: comes twice, first in line 1; once",
        "f:3: a tag (!) stands before this value; values without tags",
    ]


def test_alias_bomb_and_deep_nesting_are_cheap():
    level = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 60)]
    bomb = "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *level])
    start = time.process_time()
    assert "aliases make this grow too big; at most 100000 values" in refused(bomb)
    assert "is nested too deep; at most 40 levels" in refused("[" * 100_000)
    assert "is nested too deep" in refused("".join(f"{' ' * i}a:\n" for i in range(2000)))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "f: is empty; start here"),
        (b" \n\n", "f: is empty; start here"),
        (b"a: 1\nb: \xff\xfe\n", "f:2: isn't text: a byte here isn't UTF-8; start here"),
        (b"x" * (MAX_BYTES + 1), f"f: is too big; at most {MAX_BYTES} bytes"),
    ],
)
def test_text_that_is_none(tmp_path, raw, said):
    path = tmp_path / "site.yaml"
    path.write_bytes(raw)
    with pytest.raises(InputError) as error:
        read_text(path, "f", "start here")
    assert str(error.value) == said


@pytest.mark.parametrize(("make", "said"), [("touch", "no such file or directory"), ("mkdir", "is a directory")])
def test_a_file_that_is_none(tmp_path, make, said):
    path = tmp_path / "site.yaml"
    if make == "mkdir":
        path.mkdir()
    with pytest.raises(InputError, match=f"f: can't be read: {said}; start here"):
        read_text(path, "f", "start here")


def test_byte_order_mark(tmp_path):
    path = tmp_path / "site.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert parse(read_text(path, "f", ""), "f")[0].data == {"a": 1}
