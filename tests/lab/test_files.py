import io
import subprocess
import tarfile

import pytest

from mecctl.lab import files


@pytest.fixture
def tar():
    texts = {**files.static(), "etc/machine-id": "0123\n", "etc/key": "secret\n"}
    text = files.archive(texts, frozenset({"etc/key"}), files.masked_units())
    with tarfile.open(fileobj=io.BytesIO(text.encode())) as opened:
        yield opened


def test_files_have_their_content_mode_and_owner(tar):
    modes = {name: tar.getmember(name).mode for name in ("etc/machine-id", "etc/key", files.INIT.lstrip("/"))}

    assert modes == {"etc/machine-id": 0o644, "etc/key": 0o600, files.INIT.lstrip("/"): 0o755}
    assert tar.extractfile("etc/machine-id").read() == b"0123\n"
    assert {(member.uid, member.gid) for member in tar} == {(0, 0)}


def test_roots_folders_are_private(tar):
    assert tar.getmember("root").mode == tar.getmember("root/.ssh").mode == 0o700


def test_units_that_act_on_the_host_are_masked(tar):
    for unit in ("systemd-binfmt.service", "systemd-pstore.service", "modprobe@.service"):
        assert tar.getmember(f"etc/systemd/system/{unit}").linkname == "/dev/null"


def test_only_root_by_key_may_log_in():
    text = files.static()["etc/ssh/sshd_config.d/10-lab.conf"]

    assert "PermitRootLogin prohibit-password" in text
    assert "PasswordAuthentication no" in text


def test_the_first_program_is_a_shell_script_that_parses():
    subprocess.run(["sh", "-n"], input=files.static()[files.INIT.lstrip("/")].encode(), check=True)


def test_private_settings_exist_somewhere_under_proc_sys():
    lines = files.static()["usr/lib/mecctl/private-sysctls"].splitlines()

    wanted = [line for line in lines if line and not line.startswith("#")]
    assert {"kernel/panic", "vm/overcommit_memory"} <= set(wanted)
    assert all(line.split("/")[0] in {"fs", "kernel", "vm"} for line in wanted)


def test_the_digest_follows_the_files(monkeypatch):
    before = files.digest()
    monkeypatch.setattr(files, "masked_units", tuple)

    assert files.digest() != before


def test_state_files_are_written_whole_with_their_mode(tmp_path):
    path = tmp_path / "new/file"

    files.write(path, "one", 0o600)
    files.write(path, "two", 0o600)

    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
