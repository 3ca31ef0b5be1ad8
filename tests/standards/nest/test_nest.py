"""The form of a NEST is recognised from what is in it."""

import json

import pytest

from mecctl.errors import InputError
from mecctl.model import Slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import read, write


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "n.json:1: isn't valid JSON"),
        ("[1]", "n.json:1: holds no object; an object in JSON"),
        ("{}", "n.json:1: isn't a NEST of a known form (its keys: none); GSMA GST in TMF633 form"),
        ('{"slice": 1, "x": 2}', "n.json:1: isn't a NEST of a known form (its keys: 'slice', 'x')"),
        ('{"a": 1,\n"base_slice_descriptor": []}', "n.json:2: base_slice_descriptor: isn't an object"),
        ('{"serviceSpecCharacteristic": 7}', "n.json:1: serviceSpecCharacteristic: isn't a list"),
        ('{"orderItem": []}', "n.json:1: is a TMF641 service order, which isn't read; the NEST it is about: GSMA GST"),
        ('{"serviceOrderItem": []}', "n.json:1: is a TMF641 service order"),
        ('{"serviceCharacteristic": []}', "n.json:1: is a TMF638 service"),
        (
            '{"sliceQosProfile": {}, "base_slice_descriptor": {}}',
            "n.json:1: is a Katana NEST and a CAMARA NetworkSliceBooking at once; one form a file",
        ),
    ],
)
def test_files_that_are_no_nest(text, said):
    with pytest.raises(InputError) as refused:
        read(text, "n.json")
    assert str(refused.value).startswith(said)


def test_all_forms_are_named():
    with pytest.raises(InputError) as refused:
        read("{}", "n.json")
    assert refused.value.problems[0].allowed == (
        "GSMA GST in TMF633 form (serviceSpecCharacteristic); "
        "Katana NEST (base_slice_descriptor or slice_descriptor); "
        "3GPP TS 28.541 ServiceProfile (serviceProfileId or plmnInfoList); "
        "CAMARA NetworkSliceBooking (sliceQosProfile)"
    )


@pytest.mark.parametrize(
    ("data", "form"),
    [
        ({"slice_descriptor": {}}, "a Katana NEST"),
        ({"sNSSAIList": []}, "a 3GPP TS 28.541 ServiceProfile"),
        ({"dLThptPerSlice": {}}, "a 3GPP TS 28.541 ServiceProfile"),
        ({"sliceQosProfile": {}}, "a CAMARA NetworkSliceBooking"),
    ],
)
def test_recognised(data, form):
    assert read(json.dumps(data), "n.json").form == form


@pytest.mark.parametrize("form", Form)
def test_annotations_that_say_no_demand_are_told_to_be_left_out(form):
    notes = {"mec.io/nest-x": "1", "mec.io/max-ues": "7"}
    part = Slice.model_validate({"name": "s", "snssai": {"sst": 1}, "annotations": notes})
    written = write(part, form)
    assert written.left_out == {"mec.io/nest-x": "1"}
    assert read(json.dumps(written.document), "n.json").fields["maxUEs"] == 7
