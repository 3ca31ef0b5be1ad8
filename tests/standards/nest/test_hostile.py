"""Whatever stands in place of a value is read, carried, or refused with its line; nothing else happens."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mecctl.document import Place
from mecctl.errors import InputError
from mecctl.model import Slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import read, write
from tests.standards.nest.test_camara import BOOKING
from tests.standards.nest.test_serviceprofile import PROFILE
from tests.support.slices import some_slice

BAD: list[Any] = [None, True, -1, 10**20, "-", [[1]], {}, [1, "2", None]]
STEP = 2
NESTS = [BOOKING, {"attributes": {"serviceProfileList": [PROFILE]}}] + [
    write(Slice.model_validate(some_slice(1)), form).document for form in Form
]


def places(data: Any, at: Place = ()) -> Iterator[Place]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield (*at, key)
        yield from places(value, (*at, key))


def changed(data: Any, at: Place, value: Any) -> Any:
    copy = json.loads(json.dumps(data))
    node = copy
    for part in at[:-1]:
        node = node[part]
    node[at[-1]] = value
    return copy


@pytest.mark.parametrize("bad", BAD, ids=repr)
@pytest.mark.parametrize("data", NESTS, ids=lambda data: next(iter(data)))
def test_any_value_may_be_wrong(data, bad):
    for at in list(places(data))[::STEP]:
        text = json.dumps(changed(data, at, bad), indent=1)
        try:
            found = read(text, "n.json")
        except InputError as refused:
            problems = list(refused.problems)
        else:
            problems = [problem for faults in found.faults.values() for problem in faults]
            part = {"name": "s", "snssai": {"sst": 1}, **found.fields, "annotations": found.annotations}
            assert read(json.dumps(write(Slice.model_validate(part), Form.gst).document), "g").faults == {}
        for problem in problems:
            assert problem.file == "n.json"
            assert problem.line
            assert problem.line <= text.count("\n") + 1
            assert problem.what
