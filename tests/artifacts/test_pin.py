from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mecctl.artifacts.lock import load_lock, read
from mecctl.artifacts.pin import pin
from mecctl.artifacts.source import FileSource
from mecctl.errors import InputError, MecctlError
from tests.artifacts.making import artifact, sum_of

if TYPE_CHECKING:
    from mecctl.artifacts.lock import Artifact

A, B = "a" * 64, "b" * 64
SUMS_URL = "https://example.org/sums"
SUMS = {
    SUMS_URL: f"{A}  k3s\n{B} *k3s-arm64\n",
    "https://example.org/one": f"{A.upper()}\n",
    "https://example.org/page": "<html>sign in</html>",
}


def k3s(url: str = "https://example.org/dl/k3s", checksums: str | None = SUMS_URL, **more: Any) -> Artifact:
    return artifact("k3s", {"kind": "url", "url": url, "checksums": checksums}, **more)


def fetch(url, label):
    assert "k3s-amd64" in label
    return SUMS[url]


@pytest.mark.parametrize(
    ("url", "checksums", "expected"),
    [
        ("https://example.org/dl/k3s", "https://example.org/sums", A),
        ("https://example.org/dl/k3s-arm64", "https://example.org/sums", B),
        ("https://example.org/dl/kubelet", "https://example.org/one", A),
    ],
)
def test_writes_the_publishers_sum_into_the_sites_lock(tmp_path, url, checksums, expected):
    path = tmp_path / "artifacts.lock.yaml"
    (pinned,) = pin([k3s(url, checksums)], fetch, path)
    assert pinned.sha256 == expected
    assert read(path).artifacts == (pinned,)
    assert load_lock(path).find("k3s", "amd64").sha256 == expected


def test_pins_only_what_has_no_sum(tmp_path):
    path = tmp_path / "artifacts.lock.yaml"
    assert (
        pin([k3s(sha256=B), artifact("rootfs", {"kind": "debian", "suite": "s", "packages": ["p"]})], fetch, path) == ()
    )
    assert not path.exists()


def test_keeps_the_sites_other_entries_as_they_are_written(tmp_path):
    path = tmp_path / "artifacts.lock.yaml"
    (tmp_path / "mine").write_bytes(b"mine")
    path.write_text(
        "artifacts:\n- {name: mine, version: v1, arch: amd64, source: {kind: file, path: mine}, file: mine}\n"
    )
    placed = load_lock(path).find("mine", "amd64")
    pin([placed, k3s()], fetch, path)
    mine, other = read(path).artifacts
    assert mine.source == FileSource(kind="file", path="mine")
    assert mine.sha256 == sum_of(b"mine")
    assert other.name == "k3s"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (k3s(url="https://example.org/dl/other"), "don't say the sha256 of k3s-amd64"),
        (k3s(checksums="https://example.org/page"), "don't say the sha256 of k3s-amd64"),
        (k3s(checksums=None), "names no file of checksums"),
        (artifact("k3s", {"kind": "file", "path": "/nowhere/k3s"}), "a file that isn't there"),
    ],
)
def test_says_why_a_thing_cannot_be_pinned_and_writes_nothing(tmp_path, entry, said):
    path = tmp_path / "artifacts.lock.yaml"
    with pytest.raises(MecctlError, match=said):
        pin([entry], fetch, path)
    assert not path.exists()


def test_a_lock_that_is_not_one_is_not_overwritten(tmp_path):
    path = tmp_path / "artifacts.lock.yaml"
    path.write_text("artifacts: {")
    with pytest.raises(InputError):
        pin([k3s()], fetch, path)
    assert path.read_text() == "artifacts: {"
