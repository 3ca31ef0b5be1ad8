"""What mmdebstrap is asked for, and what is made of its answers; the real one runs when a lab is brought up."""

from __future__ import annotations

import io
import tarfile

import pytest

from mecctl.artifacts.builders import debian
from mecctl.errors import CommandError, UnreachableError
from tests.artifacts.making import artifact

ROOTFS = artifact(
    "rootfs",
    {
        "kind": "debian",
        "suite": "bookworm",
        "variant": "essential",
        "packages": ["curl", "iperf3"],
        "exclude": ["/usr/share/doc/*"],
    },
    arch="arm64",
)
STATUS = """Package: curl
Status: install ok installed
Version: 7.88.1-10
Description: a tool
 with: a second line
Version-Like: 3

Package: iperf3
Version: 3.12-1
"""


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Run what is for another architecture as if it were for this one."""
    monkeypatch.setattr(debian, "running", lambda _, words: words)


@pytest.fixture
def mmdebstrap(tmp_path, monkeypatch):
    """Put a script in mmdebstrap's place; `mmdebstrap(body)` says what it does with its words."""

    def place(body: str) -> None:
        script = tmp_path / "bin" / "mmdebstrap"
        script.parent.mkdir()
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")

    return place


def test_asks_for_the_entrys_packages_and_nothing_else(tmp_path, mmdebstrap):
    mmdebstrap(f'printf "%s\\n" "$@" > {tmp_path}/words; for last; do :; done; echo made > "$last"')
    assert debian.build(ROOTFS, tmp_path).read_text() == "made\n"
    words = (tmp_path / "words").read_text().splitlines()
    assert words[-2:] == ["bookworm", str(tmp_path / "rootfs.tar")]
    assert {
        "--variant=essential",
        "--architectures=arm64",
        "--include=curl,iperf3",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--format=tar",
    } <= set(words)


def test_a_silent_mirror_is_unreachable(tmp_path, mmdebstrap):
    mmdebstrap("echo 'E: Could not resolve the mirror' >&2; exit 100")
    with pytest.raises(UnreachableError, match="the Debian packages of rootfs-arm64") as caught:
        debian.build(ROOTFS, tmp_path)
    assert caught.value.why == "E: Could not resolve the mirror"


def test_a_failure_says_what_mmdebstrap_said(tmp_path, mmdebstrap):
    mmdebstrap("echo 'E: Unable to locate package iperf3' >&2; exit 100")
    with pytest.raises(CommandError, match="making rootfs-arm64 failed") as caught:
        debian.build(ROOTFS, tmp_path)
    assert caught.value.why == "E: Unable to locate package iperf3"


def test_a_missing_mmdebstrap_is_said_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="mmdebstrap, which isn't installed") as caught:
        debian.build(ROOTFS, tmp_path)
    assert caught.value.fix == "apt-get install mmdebstrap"


@pytest.mark.parametrize("name", ["./var/lib/dpkg/status", "var/lib/dpkg/status"])
def test_reads_the_package_versions(tmp_path, name):
    with tarfile.open(tmp_path / "rootfs.tar", "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(STATUS)
        tar.addfile(info, io.BytesIO(STATUS.encode()))
    assert debian.package_versions(tmp_path / "rootfs.tar") == {"curl": "7.88.1-10", "iperf3": "3.12-1"}


def test_a_root_file_system_without_dpkg_has_no_versions(tmp_path):
    with tarfile.open(tmp_path / "rootfs.tar", "w"):
        pass
    assert debian.package_versions(tmp_path / "rootfs.tar") == {}
