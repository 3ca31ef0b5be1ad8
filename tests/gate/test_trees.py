"""One folder is made what another one is, whatever was there, whatever happens in between."""

import io
import os
import random
import shutil
import time

import pytest

from gate import trees
from gate.trees import BLOCK, TreeError, changes, known, put


@pytest.fixture
def pair(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    return here, there


def bring(here, there, noted):
    sent = b"".join(changes(here, noted))
    put(there, io.BytesIO(sent))
    return len(sent)


def listed(root):
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_fifo():
            found[name] = ("pipe",)
        elif path.is_dir():
            found[name] = ("folder", path.stat().st_mode)
        else:
            found[name] = ("file", path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes())
    return found


def older(root):
    """Make all files of yesterday, so that none is in the tick in which it is read."""
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (time.time() - 86400,) * 2)


def test_everything_that_can_be_in_a_folder(pair):
    here, there = pair
    (here / "a/b").mkdir(parents=True)
    (here / "a/b/big").write_bytes(os.urandom(2 * BLOCK + 17))
    (here / "a/empty").touch()
    (here / "a/name with\nnewline ä").write_text("x")
    (here / "to-file").symlink_to("a/empty")
    (here / "to-nowhere").symlink_to("/nowhere")
    (here / "read-only").write_text("r")
    (here / "read-only").chmod(0o440)
    os.mkfifo(here / "pipe")
    (there / "left over").mkdir()
    (there / "left over/x").write_text("x")
    (there / "a").write_text("a file, not a folder")
    bring(here, there, known(there))

    assert listed(there) == {name: one for name, one in listed(here).items() if name != "pipe"}


def test_what_has_not_changed_is_not_sent(pair):
    here, there = pair
    (here / "big").write_bytes(os.urandom(3 * BLOCK))
    older(here)
    noted = known(there)
    first = bring(here, there, noted)
    with (here / "big").open("r+b") as file:
        file.seek(BLOCK + 5)
        file.write(b"changed")
    second = bring(here, there, noted)

    assert first > 3 * BLOCK
    assert BLOCK < second < BLOCK + 500
    assert listed(here) == listed(there)
    older(here)
    bring(here, there, noted)
    assert bring(here, there, noted) == 0
    assert bring(here, there, known(there)) == 0


def test_a_write_in_the_tick_in_which_it_was_read_is_not_missed(pair):
    here, there = pair
    noted = known(there)
    (here / "one").write_text("before")
    at = (here / "one").stat().st_mtime_ns
    bring(here, there, noted)
    (here / "one").write_text("behind")
    os.utime(here / "one", ns=(at, at))
    bring(here, there, noted)

    assert (there / "one").read_text() == "behind"


def test_what_goes_while_it_is_looked_at(pair, monkeypatch):
    here, there = pair
    (here / "one").write_text("x")
    noted = known(there)
    blocks = trees._blocks

    def gone(path):
        path.unlink()
        return blocks(path)

    monkeypatch.setattr(trees, "_blocks", gone)
    bring(here, there, noted)
    monkeypatch.undo()
    bring(here, there, noted)

    assert listed(there) == {}


def test_a_mark_is_not_brought_along(pair):
    here, there = pair
    (here / trees.MARK).write_text("3")
    (there / trees.MARK).write_text("4")
    bring(here, there, known(there))

    assert (there / trees.MARK).read_text() == "4"


@pytest.mark.parametrize("path", ["../out", "a/../../out", "/out", "", "..", "out-link/x"])
def test_nothing_is_put_outside(pair, path, tmp_path):
    _, there = pair
    (there / "out-link").symlink_to(tmp_path)
    record = f'{{"do": "file", "path": "{path}", "mode": 420, "size": 0, "time": 0}}\n'
    with pytest.raises(TreeError, match="leads out of the folder"):
        put(there, io.BytesIO(record.encode()))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["here", "there"]


@pytest.mark.parametrize(
    "told", [b"{}\n", b"nonsense\n", b'{"do": "dance", "path": "x"}\n', b'{"do": "block", "path": "x", "at": 0}\n']
)
def test_what_is_no_record(pair, told):
    with pytest.raises(TreeError, match="is no record"):
        put(pair[1], io.BytesIO(told))


def test_a_block_that_is_cut_off(pair):
    with pytest.raises(TreeError, match="x isn't whole"):
        put(pair[1], io.BytesIO(b'{"do": "block", "path": "x", "at": 0, "length": 10}\nabc'))


@pytest.mark.parametrize("seed", range(20))
def test_any_row_of_changes(pair, seed):
    here, there = pair
    chance = random.Random(seed)  # noqa: S311 - to have the same again
    noted = known(there)
    for _ in range(6):
        for _ in range(chance.randrange(1, 12)):
            change(here, chance)
        bring(here, there, noted)
        assert listed(here) == listed(there)
        if chance.random() < 0.3:
            noted = known(there)


def change(root, chance):
    folders = [root, *(path for path in root.rglob("*") if path.is_dir() and not path.is_symlink())]
    path = chance.choice(folders) / chance.choice("abc")
    what = chance.choice(["file", "folder", "link", "gone", "gone", "append"])
    if what == "append" and path.is_file() and not path.is_symlink():
        with path.open("ab") as file:
            file.write(chance.randbytes(chance.choice([1, BLOCK])))
        return
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
    if what == "file":
        path.write_bytes(chance.randbytes(chance.choice([0, 10, BLOCK, BLOCK + 3])))
    elif what == "folder":
        path.mkdir()
    elif what == "link":
        path.symlink_to(chance.choice("abc"))
