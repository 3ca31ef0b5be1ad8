"""What is written reads back as it was: of every form, over many slices, nothing is lost without being told."""

import json
import random

import pytest

from mecctl.model import Slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import read, write
from mecctl.standards.nest.leaves import demands, to_notes
from tests.support.slices import some_slice

SEEDS = range(60)
HAS_NO_PLACE = {
    Form.gst: set(),
    Form.katana: {"availability", "isolation", "latency", "maxPacketSize", "missionCritical", "dataNetworkAccess"},
    Form.serviceprofile: {"qos", "isolation", "missionCritical"},
}


def back(part: Slice, form: Form) -> tuple[dict[str, object], dict[str, object]]:
    """Return the demands that a written slice reads back with, and those that were told to be left out."""
    written = write(part, form)
    reading = read(json.dumps(written.document), "n.json")
    assert reading.faults == {}
    assert (reading.unmet, reading.unfilled) == ([], [])
    found = Slice.model_validate({"name": part.name, **reading.fields})
    return {".".join(leaf): value for leaf, value in demands(found).items()}, written.left_out


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("seed", SEEDS)
def test_export_then_import(form, seed):
    part = Slice.model_validate(some_slice(seed))
    asked = {".".join(leaf): value for leaf, value in demands(part).items()}

    kept, left = back(part, form)

    assert kept | left == asked
    assert not kept.keys() & left.keys()
    assert {field.split(".")[0] for field in left} <= HAS_NO_PLACE[form]


@pytest.mark.parametrize("form", Form)
def test_each_form_leaves_out_only_what_it_has_no_place_for(form):
    left = {field.split(".")[0] for seed in SEEDS for field in write(slice_of(seed), form).left_out}
    assert left == HAS_NO_PLACE[form]


def slice_of(seed: int) -> Slice:
    return Slice.model_validate(some_slice(seed))


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("seed", SEEDS)
def test_import_then_export_then_import(form, seed):
    """Whatever a form could say, it says again."""
    first = read(json.dumps(write(slice_of(seed), form).document), "n.json").fields
    again = write(Slice.model_validate({"name": f"s-{seed}", **first}), form)
    assert again.left_out == {}
    assert read(json.dumps(again.document), "n.json").fields == first


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_only_noted_is_exported_too(seed):
    whole = some_slice(seed)
    identity = {key: whole.pop(key) for key in ("name", "snssai")}
    qos = {"qos": whole.pop("qos")} if "qos" in whole else {}
    plain = Slice.model_validate({**identity, **whole}).model_dump(mode="json", by_alias=True, exclude_unset=True)
    notes = to_notes({key: value for key, value in plain.items() if key not in identity})
    noted = Slice.model_validate({**identity, **qos, "annotations": notes})
    assert write(noted, Form.gst) == write(slice_of(seed), Form.gst)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("seed", range(20))
def test_a_booking_then_any_form(form, seed):
    chance = random.Random(seed)  # noqa: S311
    booking = {
        "sliceQosProfile": {
            "maxNumOfDevices": chance.randint(1, 20),
            "downStreamRatePerDevice": {"value": chance.randint(0, 1024), "unit": chance.choice(["kbps", "Mbps"])},
            "upStreamRatePerDevice": {"value": chance.randint(0, 1024), "unit": "bps"},
            "downStreamDelayBudget": {"value": chance.randint(1, 50), "unit": "Milliseconds"},
        }
    }
    fields = read(json.dumps(booking), "n.json").fields
    part = Slice.model_validate({"name": "s", "snssai": {"sst": 1}, **fields})
    written = write(part, form)
    again = read(json.dumps(written.document), "n.json").fields
    assert {key: again[key] for key in fields if key in again} == {
        key: value for key, value in fields.items() if not any(key == left.split(".")[0] for left in written.left_out)
    }
    assert set(written.left_out) <= {"latency.downlink"}
