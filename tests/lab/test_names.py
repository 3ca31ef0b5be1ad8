from pathlib import Path

from mecctl.lab.names import Names, is_namespace_of, owner


def test_two_folders_have_two_ids_and_one_folder_has_one(tmp_path):
    one, two = Names("lab", tmp_path / "one"), Names("lab", tmp_path / "two")

    assert one.id != two.id
    assert Names("renamed", tmp_path / "one").id == one.id
    assert Names("lab", tmp_path / "two/../one").id == one.id


def test_the_interface_name_fits_the_kernel():
    assert len(Names("a-very-long-site-name-indeed", Path("/x")).link) <= 15


def test_names_carry_the_site_and_the_id():
    names = Names("street-cabinet", Path("/srv/site"))

    assert names.node("edge-1") == f"mec-street-cabinet-{names.id}-edge-1"
    assert names.table == f"mecctl_{names.id}_street_cabinet"


def test_a_namespace_is_known_by_its_id_whatever_the_site_is_called_now():
    names = Names("old", Path("/srv/site"))

    assert is_namespace_of(names.id, names.lab)
    assert is_namespace_of(names.id, names.node("edge-1"))
    assert not is_namespace_of(Names("old", Path("/srv/other")).id, names.node("edge-1"))
    assert not is_namespace_of(names.id, f"netns-{names.id}")


def test_an_alias_tells_whose_an_interface_is():
    names = Names("lab", Path("/srv/a site"))

    assert owner(names.alias) == (names.id, "/srv/a site")


def test_a_folder_too_long_for_an_alias_is_left_out_not_cut():
    names = Names("lab", Path("/" + "x" * 250))

    assert owner(names.alias) == (names.id, None)


def test_an_alias_of_someone_else_tells_nothing():
    assert owner("uplink to the lab") == owner("") == owner("mecctl lab") == (None, None)
