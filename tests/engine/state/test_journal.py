"""The journal keeps every entry that append returned from, and half a line harms nothing."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from mecctl.engine.state import journal
from mecctl.engine.state.journal import Journal
from mecctl.errors import MecctlError


def test_entries_come_back_in_order_after_the_base(tmp_path):
    path = tmp_path / "new" / "a.jsonl"
    log = Journal(path, "base")
    assert not log.used
    log.append({"put": 1}, {"put": 2})
    log.append({"drop": ["ü"]})
    assert log.used
    entries, whole = journal.read(path)
    assert entries == [{"base": "base"}, {"put": 1}, {"put": 2}, {"drop": ["ü"]}]
    assert whole == path.stat().st_size
    assert path.stat().st_mode & 0o777 == 0o600
    log.close(remove=True)
    assert journal.read(path) == ([], 0)


def test_a_line_cut_off_is_left_out_and_overwritten(tmp_path):
    path = tmp_path / "a.jsonl"
    Journal(path, "b").append({"put": 1})
    with path.open("ab") as file:
        file.write(b'{"put": {"half')
    entries, whole = journal.read(path)
    assert entries[-1] == {"put": 1}
    Journal.resume(path, "b", whole).append({"put": 2})
    assert journal.read(path)[0] == [{"base": "b"}, {"put": 1}, {"put": 2}]


def test_every_cut_leaves_a_journal_that_can_be_read(tmp_path):
    path = tmp_path / "a.jsonl"
    log = Journal(path, "b")
    for number in range(5):
        log.append({"put": number})
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        entries, whole = journal.read(path)
        assert entries == journal.read(path)[0]
        assert content[:whole].count(b"\n") == len(entries)


def test_a_damaged_line_before_the_last_is_told_with_its_place(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"base":"b"}\nnonsense\n{"put":1}\n')
    with pytest.raises(MecctlError, match="damaged") as told:
        journal.read(path)
    assert f"{path}:2" in str(told.value)


def test_threads_share_the_way_to_the_disk(tmp_path, monkeypatch):
    syncs: list[int] = []
    real = os.fdatasync

    def counted(descriptor: int) -> None:
        syncs.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    log = Journal(tmp_path / "a.jsonl", "b")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: log.append({"put": number}), range(200)))
    entries = journal.read(log.path)[0]
    assert sorted(entry["put"] for entry in entries[1:]) == list(range(200))
    assert len(syncs) <= 200


def test_after_a_failed_write_nothing_more_is_taken(tmp_path, monkeypatch):
    log = Journal(tmp_path / "a.jsonl", "b")
    log.append({"put": 1})

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(MecctlError, match="can't be written"):
        log.append({"put": 2})
    monkeypatch.undo()
    with pytest.raises(MecctlError, match="can't be written"):
        log.append({"put": 3})
    assert journal.read(log.path)[0] == [{"base": "b"}, {"put": 1}]
