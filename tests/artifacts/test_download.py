from __future__ import annotations

import hashlib
import socket

import pytest

from mecctl.artifacts.download import download, fetch_text
from mecctl.errors import MecctlError, UnreachableError
from mecctl.plan.progress import Silent

BODY = bytes(range(256)) * 10_000
SUM = hashlib.sha256(BODY).hexdigest()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_downloads_a_file_and_tells_how_far_it_is(site, tmp_path, heard):
    site.files["/k3s"] = BODY
    part = tmp_path / "part"
    download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert part.read_bytes() == BODY
    assert site.requests == [("/k3s", None)]
    assert heard.totals["download k3s-amd64"] == heard.done["download k3s-amd64"] == len(BODY)
    assert heard.ended == ["download k3s-amd64"]


def test_resumes_what_an_earlier_run_left(site, tmp_path, heard):
    site.files["/k3s"] = BODY
    part = tmp_path / "part"
    part.write_bytes(BODY[:1_000_000])
    download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert part.read_bytes() == BODY
    assert site.requests == [("/k3s", "bytes=1000000-")]


def test_takes_a_broken_connection_up_again(site, tmp_path, heard):
    site.files["/k3s"] = BODY
    site.cut_after = 700_000
    part = tmp_path / "part"
    download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert part.read_bytes() == BODY
    assert site.requests[1] == ("/k3s", "bytes=700000-")
    assert "the connection broke" in heard.said[0]


def test_starts_anew_where_the_server_knows_no_ranges(site, tmp_path, heard):
    site.files["/k3s"] = BODY
    site.ranges = False
    part = tmp_path / "part"
    part.write_bytes(BODY[:1_000_000])
    download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert part.read_bytes() == BODY


@pytest.mark.parametrize("left", [b"of another file", b"x" * len(BODY), b"x" * (len(BODY) + 1)])
def test_what_was_left_of_another_file_costs_a_second_try_only(site, tmp_path, heard, left):
    site.files["/k3s"] = BODY
    part = tmp_path / "part"
    part.write_bytes(left)
    download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert part.read_bytes() == BODY
    assert [asked for _, asked in site.requests] == [f"bytes={len(left)}-", None]


def test_a_finished_download_is_only_checked(site, tmp_path, heard):
    site.files["/k3s"] = BODY
    part = tmp_path / "part"
    part.write_bytes(BODY)
    download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert len(site.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>a login page</html>"])
def test_refuses_other_content_by_its_hash(site, tmp_path, heard, body):
    site.files["/k3s"] = body
    part = tmp_path / "part"
    with pytest.raises(MecctlError, match="k3s-amd64 isn't what the lock pins") as caught:
        download(f"{site.url}/k3s", part, SUM, "k3s-amd64", heard)
    assert caught.value.exit_code == 1
    assert caught.value.where == f"{site.url}/k3s"
    assert f"{len(body)} bytes" in str(caught.value)
    assert not part.exists()


def test_a_missing_file_is_a_wrong_address(site, tmp_path, heard):
    with pytest.raises(MecctlError, match="the server answers 404 Not Found") as caught:
        download(f"{site.url}/k3s", tmp_path / "part", SUM, "k3s-amd64", heard)
    assert caught.value.exit_code == 1


def test_a_failing_server_may_work_later(site, tmp_path, heard):
    site.status = 503
    with pytest.raises(UnreachableError, match="the server answers 503"):
        download(f"{site.url}/k3s", tmp_path / "part", SUM, "k3s-amd64", heard)


def test_names_artifact_and_address_when_nothing_answers(tmp_path, heard):
    url = f"http://127.0.0.1:{closed_port()}/k3s"
    with pytest.raises(UnreachableError, match="k3s-amd64 can't be downloaded") as caught:
        download(url, tmp_path / "part", SUM, "k3s-amd64", heard)
    assert caught.value.where == url
    assert caught.value.exit_code == 4


def test_keeps_what_came_before_the_server_went_away(site, tmp_path):
    site.files["/k3s"] = BODY
    part = tmp_path / "part"
    site.cut_after = 500_000
    url = f"{site.url}/k3s"

    class Gone(Silent):
        def log(self, _text: str) -> None:
            site.cut_after = 0

    with pytest.raises(UnreachableError):
        download(url, part, SUM, "k3s-amd64", Gone())
    assert part.stat().st_size == 500_000


def test_fetches_a_text(site):
    site.files["/sums"] = b"abc  k3s\n"
    assert fetch_text(f"{site.url}/sums", "the checksums of k3s-amd64") == "abc  k3s\n"
    with pytest.raises(MecctlError, match="the checksums of k3s-amd64 can't be downloaded"):
        fetch_text(f"{site.url}/none", "the checksums of k3s-amd64")
    with pytest.raises(UnreachableError):
        fetch_text(f"http://127.0.0.1:{closed_port()}/sums", "the checksums of k3s-amd64")
