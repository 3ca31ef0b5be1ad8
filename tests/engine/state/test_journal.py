"""The journal keeps every entry that append returned from, and half a line harms nothing."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mecctl.engine.state.journal import Entry, Journal
from mecctl.engine.state.log import FileLog
from mecctl.errors import MecctlError


def fresh(path: Path) -> Journal:
    log = Journal(FileLog(path))
    log.begin(lambda: {"base": "b"}, resumed=False)
    return log


def read(path: Path) -> list[Entry]:
    return Journal(FileLog(path)).since("b")[1]


def test_entries_come_back_in_order_after_the_base(tmp_path):
    path = tmp_path / "new" / "a.jsonl"
    log = fresh(path)
    assert not log.used
    log.append({"put": 1}, {"put": 2})
    log.append({"drop": ["ü"]})
    assert log.used
    assert Journal(FileLog(path)).since("b") == ({"base": "b"}, [{"put": 1}, {"put": 2}, {"drop": ["ü"]}])
    assert path.stat().st_mode & 0o777 == 0o600
    log.remove()
    assert not path.exists()
    assert read(path) == []


def test_a_line_cut_off_is_left_out_and_overwritten(tmp_path):
    path = tmp_path / "a.jsonl"
    fresh(path).append({"put": 1})
    with path.open("ab") as file:
        file.write(b'{"put": {"half')
    again = Journal(FileLog(path))
    assert again.since("b")[1] == [{"put": 1}]
    again.begin(dict, resumed=True)
    again.append({"put": 2})
    assert read(path) == [{"put": 1}, {"put": 2}]


def test_every_cut_leaves_a_journal_that_can_be_read(tmp_path):
    path = tmp_path / "a.jsonl"
    log = fresh(path)
    for number in range(5):
        log.append({"put": number})
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert len(read(path)) == max(content[:length].count(b"\n") - 1, 0)


def test_a_damaged_line_before_the_last_is_told_with_its_place(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"base":"b"}\nnonsense\n{"put":1}\n')
    with pytest.raises(MecctlError, match="damaged") as told:
        read(path)
    assert f"{path}:2" in str(told.value)


def test_a_journal_on_another_checkpoint_is_refused_and_one_that_is_in_it_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    log = fresh(path)
    log.append({"put": 1}, {"sealed": "c"})
    assert Journal(FileLog(path)).since("c") == ({}, [])
    with pytest.raises(MecctlError, match="changed by another program"):
        Journal(FileLog(path)).since("d")


def test_threads_share_the_way_to_the_disk(tmp_path, monkeypatch):
    syncs: list[int] = []
    real = os.fdatasync

    def counted(descriptor: int) -> None:
        syncs.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    log = fresh(tmp_path / "a.jsonl")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: log.append({"put": number}), range(200)))
    entries = read(tmp_path / "a.jsonl")
    assert sorted(entry["put"] for entry in entries) == list(range(200))
    assert len(syncs) <= 200


def test_after_a_failed_write_nothing_more_is_taken(tmp_path, monkeypatch):
    log = fresh(tmp_path / "a.jsonl")
    log.append({"put": 1})

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(MecctlError, match="can't be written"):
        log.append({"put": 2})
    monkeypatch.undo()
    with pytest.raises(MecctlError, match="can't be written"):
        log.append({"put": 3})
    assert read(tmp_path / "a.jsonl") == [{"put": 1}]
