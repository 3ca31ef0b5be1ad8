import base64

import pytest
from ansible.module_utils.mecctl.item import NodeError
from ansible.module_utils.mecctl.keyfiles import plan_key_files


@pytest.fixture
def declared(tmp_path, me):
    path = tmp_path / "etc" / "encryption.yaml"
    return [{"path": str(path), "content": "keys: [{key}]\n", "key": 32, "mode": "0600", **me}]


def make(declared, context):
    for item in plan_key_files(declared, context):
        item.act()


def test_a_key_is_made_once_and_nobody_else_reads_it(tmp_path, context, declared):
    make(declared, context)

    path = tmp_path / "etc" / "encryption.yaml"
    key = path.read_text().removeprefix("keys: [").removesuffix("]\n")
    assert len(base64.b64decode(key)) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(plan_key_files(declared, context)) == []
    assert not [file for file in context.store.rglob("*") if file.is_file() and key in file.read_text()]


def test_two_keys_differ(tmp_path, context, declared):
    other = [{**declared[0], "path": str(tmp_path / "other.yaml")}]
    make(declared, context)
    make(other, context)

    assert (tmp_path / "other.yaml").read_text() != (tmp_path / "etc" / "encryption.yaml").read_text()


def test_what_rotation_wrote_stays_and_its_mode_is_mended(tmp_path, context, declared):
    make(declared, context)
    path = tmp_path / "etc" / "encryption.yaml"
    path.write_text("two keys")
    path.chmod(0o644)

    (item,) = plan_key_files(declared, context)
    item.act()

    assert (path.read_text(), path.stat().st_mode & 0o777) == ("two keys", 0o600)
    assert item.reason == "its mode is 0644, not 0600"


def test_a_lost_key_is_not_made_anew(tmp_path, context, declared):
    make(declared, context)
    (tmp_path / "etc" / "encryption.yaml").unlink()

    with pytest.raises(NodeError, match=r"encryption.yaml is gone, and with it the key") as caught:
        list(plan_key_files(declared, context))

    assert "from a backup" in caught.value.fix


def test_no_diff_shows_the_key(context, declared):
    (item,) = plan_key_files(declared, context)

    assert item.diff is None
