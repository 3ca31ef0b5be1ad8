import pytest

from mecctl.cluster.passphrase import passphrase
from mecctl.errors import MecctlError


def test_it_is_made_once_for_its_owner_only(tmp_path):
    state = tmp_path / ".mecctl"

    first = passphrase(state, {})

    assert len(first) >= 32
    assert passphrase(state, {}) == first
    assert (state / "passphrase").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in state.iterdir()] == ["passphrase"]


def test_another_process_that_was_first_wins(tmp_path, monkeypatch):
    (tmp_path / "passphrase").write_text("theirs\n")
    monkeypatch.setattr("pathlib.Path.exists", lambda _: False)

    assert passphrase(tmp_path, {}) == "theirs"


def test_the_users_own_is_used_and_nothing_written(tmp_path):
    file = tmp_path / "secret"
    file.write_text("of the file\n")

    assert passphrase(tmp_path / "state", {"PULUMI_CONFIG_PASSPHRASE": "of the variable"}) == "of the variable"
    assert passphrase(tmp_path / "state", {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}) == "of the file"
    assert not (tmp_path / "state").exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MecctlError) as caught:
        passphrase(tmp_path, {"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere/secret"})

    assert caught.value.where == "/nowhere/secret"
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in (caught.value.fix or "")
