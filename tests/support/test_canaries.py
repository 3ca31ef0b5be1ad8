"""The scanner finds what is planted, in every form it claims to know; else a clean result would mean nothing."""

import base64
import gzip
import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

from tests.support.canaries import found, found_any, git_objects, processes

CANARY = 'c4n4ry-7f3a/9+e"1 ä'
BYTES = CANARY.encode()
HIDDEN = {
    "raw": BYTES,
    "escaped": json.dumps(CANARY).encode(),
    "hex": BYTES.hex().encode(),
    "capital hex": BYTES.hex().upper().encode(),
    "url": quote(CANARY, safe="").encode(),
    **{f"base64 at {n}": base64.b64encode(b"{" * n + BYTES + b"}") for n in range(6)},
    "base64 for urls": base64.urlsafe_b64encode(b"ab" + BYTES + b"cd"),
    "gzip": gzip.compress(BYTES),
    "second member": gzip.compress(b"first") + gzip.compress(b"x" + BYTES),
    "gzip within": b"head" + gzip.compress(base64.b64encode(BYTES)) + b"tail",
}


@pytest.mark.parametrize("form", HIDDEN)
def test_what_is_planted_is_found(tmp_path, form):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"before " + HIDDEN[form] + b" after")

    assert found(CANARY, tmp_path)
    assert found_any(["other", CANARY], HIDDEN[form])


def test_what_is_not_there_is_not_found(tmp_path):
    (tmp_path / "file").write_bytes(b"c4n4ry-7f3b \x1f\x8b\x08 no gzip" + gzip.compress(b"c4n4ry"))

    assert found(CANARY, tmp_path) == []


def test_processes_show_their_words_and_surroundings_and_those_of_their_children():
    script = "import subprocess,sys; subprocess.run([sys.executable, '-c', 'input()', 'a-child'])"
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "HIDE": CANARY},
    )
    try:
        while not any(b"a-child\0" in text for pid, text in processes([process.pid]).items() if pid != process.pid):
            assert process.poll() is None
        seen = processes([process.pid])
        assert len(seen) == 2
        assert all(found(CANARY, text) for text in seen.values())
    finally:
        process.communicate(b"\n", timeout=10)


def test_objects_of_git_are_searched_reachable_or_not(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(
        ["git", "-C", tmp_path, "hash-object", "-w", "--stdin"], check=True, input=BYTES, capture_output=True
    )

    assert found(CANARY, git_objects(tmp_path))
