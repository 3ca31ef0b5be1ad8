"""A NEST as a slice for site.yaml: its name, its S-NSSAI, and what stays behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mecctl.errors import InputError
from mecctl.model import Slice
from mecctl.sitefile.sliceimport import import_slice
from mecctl.standards.forms import Form
from mecctl.standards.nest import write
from mecctl.standards.nest.leaves import demands
from tests.support.slices import some_slice

DATA = Path(__file__).parents[1] / "data" / "nest"


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write_nest(content: object, name: str = "n.json") -> Path:
        (tmp_path / name).write_text(json.dumps(content, indent=1))
        return tmp_path / name

    return write_nest


def base(**attributes: object) -> dict[str, object]:
    return {"base_slice_descriptor": {"sst": 1, **attributes}}


def told(*arguments: Any) -> list[str]:
    with pytest.raises(InputError) as refused:
        import_slice(*arguments)
    return [str(problem) for problem in refused.value.problems]


def test_a_real_nest():
    path = DATA / "katana_nest_embb.json"
    found = import_slice(path, sst=1, sd="0000A1")
    notes = found.slice.pop("annotations")
    rates = {"downlink": {"guaranteed": "1500Mbps"}, "uplink": {"guaranteed": "50Kbps"}}
    sizes = {"downlink": "1500B", "uplink": "1500B"}
    own = {"throughput": rates, "maxPacketSize": sizes}
    assert found.slice == {"name": "o5gcore", "snssai": {"sst": 1, "sd": "0000a1"}, **own}
    assert notes["mec.io/ue-downlink-guaranteed"] == "1500Mbps"
    assert found.mapped[-1] == ("snssai", "--sst and --sd")
    keys = [f"{field}.{way}" for way in ("downlink", "uplink") for field in ("throughput", "maxPacketSize")]
    assert sorted(key.removesuffix(".guaranteed") for key, _ in found.mapped[:-1]) == sorted(keys)
    assert found.carried[0] == (
        "base_slice_descriptor.ue_DL_throughput.guaranteed",
        "mec.io/ue-downlink-guaranteed",
    )
    assert set(notes) == {note for _, note in found.carried}
    assert str(found.unmet[0]) == (
        f"{path}:10: base_slice_descriptor.ue_DL_throughput.guaranteed: "
        "rates of a UE are the mobile network's and aren't enforced here"
    )
    assert len(found.unmet) == 2


def test_the_keys_come_in_the_order_of_the_site_file(file):
    path = file(base(isolation_level={"isolation": 0}, qos={"qi": 7}, base_slice_des_id="x"))
    found = import_slice(path)
    assert list(found.slice) == ["name", "snssai", "qos", "isolation", "annotations"]
    assert found.slice["snssai"] == {"sst": 1}
    assert dict(found.mapped) == {
        "snssai": "base_slice_descriptor.sst",
        "qos.fiveQI": "base_slice_descriptor.qos",
        "isolation": "base_slice_descriptor.isolation_level",
    }


@pytest.mark.parametrize(
    ("attributes", "stem", "given", "name"),
    [
        ({"base_slice_des_id": "O5G Core_1"}, "n", None, "o5g-core-1"),
        ({"base_slice_des_id": "?"}, "My Slice", None, "my-slice"),
        ({"base_slice_des_id": "x" * 100}, "n", None, "x" * 63),
        ({"base_slice_des_id": "a"}, "n", "b", "b"),
        ({}, "embb", None, "embb"),
        ({"base_slice_des_id": 7}, "embb", None, "embb"),
    ],
)
def test_names(file, attributes, stem, given, name):
    assert import_slice(file(base(**attributes), f"{stem}.json"), given).slice["name"] == name


def test_a_value_that_is_not_built_is_noted_and_can_not_be_honoured(file):
    access = {"dataAccessList": [{"dataAccessUsed": "TERM_PVT_NETWORK"}]}
    found = import_slice(file({"sNSSAIList": [{"sst": 2}], "dataNetworkAccess": access}))
    assert "dataNetworkAccess" not in found.slice
    assert found.slice["annotations"] == {"mec.io/data-network-access": '["private-network"]'}
    (problem,) = found.unmet
    assert "private-network: a way into a private network isn't built" in str(problem)


def test_isolation_of_every_level_counts(file):
    assert import_slice(file(base(isolation=1))).slice["isolation"] == "network-function"


def test_the_options_count_before_the_file(file):
    path = file(base(sst=999, sd=7))
    assert import_slice(path, sst=2).slice["snssai"] == {"sst": 2}


def test_all_problems_at_once(file):
    path = file({"base_slice_descriptor": {"mtu": 0, "number_of_terminals": "-"}})
    assert told(path, "Bad Name") == [
        f"{path}: carries no S-NSSAI; give the slice's: --sst 1 --sd 0000a1",
        f"{path}:3: base_slice_descriptor.mtu: 0 isn't a size; a whole number of bytes, from 1",
        f"{path}:4: base_slice_descriptor.number_of_terminals: '-' isn't a count; a whole number from 1",
        "--name: 'Bad Name' can't be a slice's name; lower-case letters, digits and '-', at most 63, for example embb",
    ]


@pytest.mark.parametrize(
    ("sst", "sd", "said"),
    [
        (256, None, "--sst: sst 256 with sd None isn't an S-NSSAI; sst 0 to 255, and sd six hex digits"),
        (1, "1", "--sst: sst 1 with sd '1' isn't an S-NSSAI"),
        (None, "0000a1", "--sd: goes with --sst only; --sst 1 --sd 0000a1"),
    ],
)
def test_options_that_are_wrong(file, sst, sd, said):
    (problem,) = told(file({"base_slice_descriptor": {}}), None, sst, sd)
    assert problem.startswith(said)


def test_no_file(tmp_path):
    assert told(tmp_path / "none.json") == [
        f"{tmp_path}/none.json: can't be read: no such file or directory; a NEST in JSON"
    ]


def test_annotations_that_are_too_big(file):
    (problem,) = told(file(base(x="y" * 300_000)))
    assert "the annotations are 300013 bytes together; at most 262144, Kubernetes' limit" in problem


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("seed", range(30))
def test_the_slice_asks_for_what_the_nest_asks_for(file, form, seed):
    """Whether a demand counts or is noted: it is in the slice, and is exported again."""
    written = write(Slice.model_validate(some_slice(seed)), form)
    found = import_slice(file(written.document))
    again = write(Slice.model_validate(found.slice), form)
    asked = {leaf for leaf in demands(Slice.model_validate(some_slice(seed))) if ".".join(leaf) not in written.left_out}
    assert set(demands(Slice.model_validate(found.slice))) == asked
    assert again.document == written.document
