"""A place for state is a folder, or a URL as Pulumi writes it."""

import sys
from pathlib import Path

import pytest

from mecctl.engine.state.backend import FolderBackend, backend
from mecctl.errors import MecctlError


@pytest.mark.parametrize(
    ("place", "root"),
    [
        (Path("/a/b"), "/a/b"),
        ("file:///a/b", "/a/b"),
        ("file:///a/with%20space", "/a/with space"),
        ("file://~/states", str(Path.home() / "states")),
    ],
)
def test_a_folder(place, root):
    found = backend(place)
    assert isinstance(found, FolderBackend)
    assert str(found.root) == root


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("s3://states?region=x", "s3://states/k"),
        ("s3://states/lab/a/?region=x&awssdk=v2", "s3://states/lab/a/k"),
        ("s3://states/lab?endpoint=127.0.0.1:1&disableSSL=true&s3ForcePathStyle=true&region=x", "s3://states/lab/k"),
    ],
)
def test_a_bucket(url, where):
    assert backend(url).store.where("k") == where


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gs://states", "can't be kept at gs://states"),
        ("https://api.pulumi.com", "engine: pulumi"),
        ("s3://", "can't be kept"),
        ("s3://states?region=x&acl=public", "isn't known: acl"),
        ("s3://states?profile=of-nobody", "of-nobody"),
    ],
)
def test_what_is_no_place_for_state(url, said):
    with pytest.raises(MecctlError) as told:
        backend(url)
    assert said in str(told.value)


def test_a_bucket_without_boto3(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "mecctl.engine.state.s3", raising=False)
    with pytest.raises(MecctlError, match="needs boto3") as told:
        backend("s3://states?region=x")
    assert "pip install 'mecctl[s3]'" in str(told.value)
