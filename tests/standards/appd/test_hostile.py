"""Files nobody has seen: whatever is in them, they are read or refused with reasons, and nothing else happens."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from mecctl.errors import InputError
from mecctl.model import Workload
from mecctl.standards import appd

DATA = Path(__file__).parents[2] / "data" / "appd"
FILES = {
    "v2.json": json.loads((DATA / "v2.json").read_text()),
    "camara.json": json.loads((DATA / "camara.json").read_text()),
    "tosca.yaml": yaml.safe_load((DATA / "tosca.yaml").read_text()),
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    " ",
    "x",
    "8080",
    "1-70000",
    "\x00",
    "é" * 300,
    [],
    {},
    [[]],
    [None],
    {"": {}},
]
ODD += [{"a": {"b": 1}}, ["a", {"b": []}], {"name": 1}, {"size": "1 XB"}, {"port": "99999"}, {"virtualCpu": 3}]


def places(data, at=()):
    yield at
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*at, key))


def broken(data, chance):
    """Return the data with one to three values replaced, dropped, wrapped or renamed."""
    whole = copy.deepcopy(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.choice([place for place in places(whole) if place])
        parent = whole
        for part in at[:-1]:
            parent = parent[part]
        way, key = chance.randrange(5), at[-1]
        if way == 0:
            del parent[key]
        elif way == 1:
            parent[key] = {"Wrapper": parent[key]}
        elif way == 2:
            parent[key] = [parent[key], parent[key]]
        elif way == 3 and isinstance(parent, dict):
            parent[key.upper()] = parent.pop(key)
        else:
            parent[key] = copy.deepcopy(chance.choice(ODD))
        if not whole:
            return data
    return whole


@pytest.mark.parametrize("name", FILES)
def test_broken_files_are_read_or_refused_with_reasons(name):
    chance = random.Random(name)  # noqa: S311 - the same on every run
    read, refused = 0, []
    for _ in range(400):
        text = json.dumps(broken(FILES[name], chance))
        try:
            found = appd.read(text, "a.json")
        except InputError as error:
            refused.append(error)
            continue
        read += 1
        if found.faults:
            continue
        Workload.model_validate({"name": "a", "slice": "s", **found.fields, "annotations": found.annotations})
        written = appd.write({"name": "a", **found.fields, "annotations": found.annotations}, "site")
        again = appd.read(json.dumps(written.document), "b.json")
        lost = {"storage", "vm"}
        assert {key: one for key, one in again.fields.items() if key not in lost} == {
            key: one for key, one in found.fields.items() if key not in lost
        }
    assert read > 20
    assert refused
    assert all(problem.what for error in refused for problem in error.problems)


@pytest.mark.parametrize("text", ["{" * 5000, "[" * 5000, '{"appDId": ' + "[" * 3000 + "]" * 3000 + "}", "a: &a [*a]"])
def test_depth_and_loops_are_refused(text):
    with pytest.raises(InputError):
        appd.read(text, "a.yaml")
