"""A real S3-compatible object store on the loopback: versitygw over a folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.apiserver import install

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "only-for-tests"}
BUCKET = "states"
_START_WITHIN = 30.0  # seconds


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a store with one bucket, and yield its endpoint, `127.0.0.1:port`."""
    install(folder, "versitygw")
    (folder / "data" / BUCKET).mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"127.0.0.1:{free.getsockname()[1]}"
    account = {
        "ROOT_ACCESS_KEY": CREDENTIALS["AWS_ACCESS_KEY_ID"],
        "ROOT_SECRET_KEY": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    }
    words: list[str | Path] = [folder / "versitygw", "--port", endpoint, "--quiet", "posix", folder / "data"]
    with (folder / "versitygw.log").open("wb") as log:
        process = subprocess.Popen(words, env={**os.environ, **account}, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(endpoint, process)
        yield endpoint
    finally:
        process.kill()
        process.wait()


def _wait(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = endpoint.partition(":")
    deadline = time.monotonic() + _START_WITHIN
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a store shared by the tests of a session."""
    folder = tmp_path_factory.mktemp("objectstore")
    with running(folder) as found:
        yield found
    shutil.rmtree(folder)


@pytest.fixture
def place(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty place in the store, with credentials for it in the environment."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{tmp_path.name}?endpoint={endpoint}&disableSSL=true&region=us-east-1"
