"""What the guide says of waiting, and of what a refresh finds, is what the engine knows."""

import re
from pathlib import Path
from typing import get_args

from mecctl.engine.readiness.rules import RULES
from mecctl.engine.run.finding import Standing

GUIDE = (Path(__file__).parents[2] / "docs/guide/waiting.md").read_text()


def rows(title: str) -> list[str]:
    """Return the first cell of each row of the table under a title."""
    section = GUIDE.partition(f"## {title}")[2].partition("\n## ")[0]
    table = section.partition("\n| ---")[2].partition("\n\n")[0]
    return re.findall(r"^\| `?([\w-]+)", table, re.MULTILINE)


def test_every_kind_that_is_waited_for_is_in_the_guide():
    assert set(rows("When an object is ready")) - {"any"} == {kind for _, kind in RULES}


def test_every_standing_is_in_the_guide():
    assert rows("What refresh says") == list(get_args(Standing))
