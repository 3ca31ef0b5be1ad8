"""New site folders: valid as they stand, never over something that is there."""

import pytest

from mecctl.errors import InputError
from mecctl.scaffold import init
from mecctl.sitefile import load


@pytest.mark.parametrize("distribution", ["kubeadm", "k3s"])
def test_valid_as_it_stands(tmp_path, distribution):
    folder = tmp_path / "sites" / "plant-7"
    assert init("plant-7", folder, distribution) == folder / "site.yaml"
    found = load(folder)
    assert found.site.name == "plant-7"
    assert found.site.kubernetes.distribution == distribution
    assert [found.namespace for found in found.site.slices] == ["slice-1-0000a1", "slice-2-0000b2"]
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) == [
        ".gitignore",
        "site.yaml",
        "slices",
        "slices/embb.json",
    ]


def test_kubeadm_unless_told_otherwise(tmp_path):
    init("here", tmp_path)
    assert load(tmp_path).site.kubernetes.distribution == "kubeadm"


@pytest.mark.parametrize("name", ["a", "7", "true", "null", "1e3", "0x1f", "a" * 63])
def test_any_valid_name_stays_text(tmp_path, name):
    init(name, tmp_path)
    assert load(tmp_path).site.name == name


@pytest.mark.parametrize("name", ["", "Plant", "plant_7", "-a", "a" * 64, "../x", "a\n"])
def test_names_refused(tmp_path, name):
    with pytest.raises(InputError, match="can't be a site's name"):
        init(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(InputError, match="is there already and not empty"):
        init("here", tmp_path)
    with pytest.raises(InputError, match="is there already and not empty"):
        init("here", tmp_path / "notes")
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_labs_of_different_names_have_networks_of_their_own(tmp_path):
    subnets = set()
    for name in ("plant-1", "plant-2", "plant-3"):
        init(name, tmp_path / name)
        subnets.add(load(tmp_path / name).site.nodes[0].address.rpartition(".")[0])
    assert len(subnets) == 3
