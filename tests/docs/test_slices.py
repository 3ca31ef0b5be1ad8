"""The guide's commands say what it says they say, and its table is the code's."""

import re
import shlex
from pathlib import Path

import pytest

from mecctl.cli.app import run
from mecctl.sitefile.unbuilt import slice_refusals
from mecctl.standards.nest import camara, katana, serviceprofile
from mecctl.standards.nest.gst import names
from mecctl.standards.nest.leaves import NOTES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/slices.md").read_text()
BLOCKS = re.findall(r"```(\w*) ?(\S*)\n(.*?)```\n", GUIDE, re.DOTALL)
COMMANDS = [index for index, (kind, _, _) in enumerate(BLOCKS) if kind == "sh"]
ROWS = {
    re.findall(r"`([\w.]+)`", row)[0]: row.split(" | ")
    for row in GUIDE.partition("| slice field |")[2].partition("\n\n")[0].splitlines()[2:]
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for kind, name, text in BLOCKS:
        if kind == "json" and name:
            (tmp_path / name).write_text(text)
    (tmp_path / "inventories").symlink_to(ROOT / "inventories")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("index", COMMANDS)
def test_the_commands_of_the_guide(index, folder, capsys):
    told = {"out": "", "err": ""}
    for kind, _, text in BLOCKS[index + 1 :]:
        if kind == "sh":
            break
        told["out" if kind else "err"] = text
    run(shlex.split(BLOCKS[index][2])[1:])
    said = capsys.readouterr()
    assert {"out": said.out, "err": said.err} == told


def row(leaf: tuple[str, ...]) -> list[str]:
    return next(cells for field, cells in ROWS.items() if field in {".".join(leaf[:2]), leaf[0]})


def test_every_field_has_a_row():
    assert {leaf[0] for leaf in NOTES} | {"snssai", "qos"} == {field.split(".")[0] for field in ROWS}


@pytest.mark.parametrize("name", names.AMOUNTS)
def test_every_amount_of_the_gst_is_in_its_row(name):
    for leaf in names.AMOUNTS[name].leaves:
        assert f"`{name.removesuffix(': Downlink').removesuffix(': Uplink')}`" in row(leaf)[1]
        if name in names.OWN:
            assert "mecctl's own" in row(leaf)[1]


def test_every_characteristic_is_there():
    assert all(f"`{name}`" in GUIDE or name.endswith((": Downlink", ": Uplink")) for name in names.KNOWN)


@pytest.mark.parametrize(("form", "column"), [(katana, 2), (serviceprofile, 3)])
def test_every_attribute_of_a_table_is_in_its_row_with_its_unit(form, column):
    for attribute in form.TABLE:
        cell = row(attribute.leaves[0])[column]
        assert f"`{attribute.key[0]}`" in cell
        assert not attribute.kind.unit or f"({attribute.kind.unit})" in cell


def test_every_amount_of_a_booking_is_in_its_row():
    for key, (leaf, _) in camara.AMOUNTS.items():
        assert f"`{key}`" in row(leaf)[4]
        assert "(its own unit)" in row(leaf)[4]
    assert f"`{camara.DEVICES}`" in row(("maxUEs",))[4]


@pytest.mark.parametrize("field", ROWS)
def test_what_is_noted_is_what_is_refused(field):
    refused = slice_refusals({field.split(".")[0]: "anything"})
    assert (ROWS[field][5].rstrip(" |") == "noted") == bool(refused)


def test_every_form_is_in_the_guide():
    assert all(f"`{sign}`" in GUIDE for form in (katana, camara) for sign in form.SIGNS)
    assert all(f"`{sign}`" in GUIDE for sign in serviceprofile.SIGNS)
