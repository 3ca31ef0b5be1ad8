"""Everything that the lab is made of, for real: built or taken from this user's cache, and readable by other tools."""

from __future__ import annotations

import json
import platform
import time

import pytest

from mecctl.artifacts.lock import load_lock
from mecctl.artifacts.recipe import recipe_key
from mecctl.artifacts.source import DebianSource, UrlSource
from mecctl.artifacts.store import Store
from mecctl.plan.progress import Silent
from mecctl.process import run

pytestmark = pytest.mark.e2e
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
WANTED = [a for a in load_lock(lab=True).artifacts if a.arch == ARCH and not isinstance(a.source, UrlSource)]


@pytest.fixture(scope="module")
def blobs():
    return Store().ensure(WANTED, Silent())


def test_everything_is_there_and_checking_it_again_takes_no_time(blobs):
    began = time.monotonic()
    assert Store().ensure(WANTED, Silent()) == blobs
    assert time.monotonic() - began < 0.3


def test_every_image_archive_is_read_by_skopeo(blobs):
    for artifact in WANTED:
        for ref in artifact.images:
            said = run(["skopeo", "inspect", "--config", f"oci-archive:{blobs[artifact.key].path}:{ref}"]).stdout
            assert json.loads(said)["architecture"] == ARCH


def test_what_debian_gave_is_on_record(blobs):
    for artifact in WANTED:
        if isinstance(artifact.source, DebianSource):
            record = json.loads((Store().root / "index" / f"{recipe_key(artifact)}.json").read_text())
            assert set(artifact.source.packages) <= record["packages"].keys()
