import sys

import pytest

from mecctl import process
from mecctl.errors import CommandError


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_input_and_environment_pass_through():
    ended = process.run(
        python("import os,sys; print(os.environ['MEC'], sys.stdin.read())"), env={"MEC": "a"}, stdin="b"
    )

    assert ended.stdout == "a b\n"


def test_a_failure_keeps_the_output_and_names_the_last_line():
    with pytest.raises(CommandError) as caught:
        process.run(python("import sys; print('first'); sys.exit('the reason')"))

    assert caught.value.why == "the reason"
    assert "first" in caught.value.output


def test_unchecked_failure_is_a_result():
    assert process.run(python("raise SystemExit(7)"), check=False).returncode == 7


def test_a_missing_program_says_so():
    with pytest.raises(CommandError, match="no-such-program isn't installed"):
        process.run(["no-such-program"])


def test_a_hang_ends():
    with pytest.raises(CommandError, match=r"did not end within 0\.2 s"):
        process.run(python("import time; time.sleep(60)"), timeout=0.2)


def test_output_too_big_to_hold_goes_to_a_file(tmp_path):
    with (tmp_path / "out").open("wb") as file:
        process.run(python("print('x' * 1000)"), stdout=file)

    assert (tmp_path / "out").stat().st_size == 1001
