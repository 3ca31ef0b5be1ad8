import hashlib
import os

import pytest
from ansible.module_utils.mecctl import signatures
from ansible.module_utils.mecctl.signatures import Signatures


@pytest.fixture
def blob(tmp_path):
    path = tmp_path / "blob"
    path.write_bytes(b"content")
    return path


def test_a_file_is_read_once_and_then_known(tmp_path, blob, monkeypatch):
    first = Signatures(tmp_path / "known.json")
    digest = first.sha256(blob)
    first.save()
    monkeypatch.setattr(signatures, "_hash", lambda path: pytest.fail(f"{path} was read again"))

    assert digest == hashlib.sha256(b"content").hexdigest()
    assert Signatures(tmp_path / "known.json").sha256(blob) == digest


def test_a_change_that_hides_behind_an_old_time_is_seen(tmp_path, blob):
    known = Signatures(tmp_path / "known.json")
    before = blob.stat()
    known.sha256(blob)

    blob.write_bytes(b"CONTENT")
    os.utime(blob, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert known.sha256(blob) == hashlib.sha256(b"CONTENT").hexdigest()


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_spoilt_record_is_forgotten(tmp_path, blob, text):
    (tmp_path / "known.json").write_text(text)

    assert Signatures(tmp_path / "known.json").sha256(blob) == hashlib.sha256(b"content").hexdigest()


def test_what_is_gone_is_forgotten(tmp_path, blob):
    known = Signatures(tmp_path / "known.json")
    known.sha256(blob)
    blob.unlink()
    known.save()

    assert (tmp_path / "known.json").read_text() == "{}"
