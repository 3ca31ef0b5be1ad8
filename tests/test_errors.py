import pytest

from mecctl.errors import CommandError, InputError, LockedError, MecctlError, Problem, UnreachableError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MecctlError("x"), 1),
        (CommandError("x"), 1),
        (InputError([Problem("f", 1, "a", "x")]), 3),
        (UnreachableError("x"), 4),
        (LockedError("x"), 5),
    ],
)
def test_each_branch_has_its_exit_code(error, code):
    assert error.exit_code == code


def test_an_error_says_where_what_why_and_the_fix():
    error = MecctlError("the disk is full", where="edge-1", why="0 bytes left on /var", fix="free 2 GiB")

    assert str(error) == "edge-1: the disk is full\n  because: 0 bytes left on /var\n  to fix: free 2 GiB"


def test_wrong_input_lists_every_problem_with_its_place():
    error = InputError(
        [
            Problem("site.yaml", 3, "spec.slices[0].snssai.sd", "the number 1", "six hex digits in quotes"),
            Problem("slices/embb.json", None, "", "the file is empty"),
        ]
    )

    assert str(error).splitlines() == [
        "site.yaml:3: spec.slices[0].snssai.sd: the number 1; six hex digits in quotes",
        "slices/embb.json: the file is empty",
    ]
