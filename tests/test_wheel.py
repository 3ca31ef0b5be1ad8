"""What `pip install` alone gives: the wheel carries all that mecctl runs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel's content, as an installer lays it out."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = out.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(out / "site")
    return out / "site"


def test_all_that_is_run_rather_than_imported_is_inside(installed):
    inside = installed / "mecctl" / "_resources"

    for name in ("playbooks", "stacks", "sliceagent", "guard", "nameserver", "machine", "gate", "lab"):
        tracked = subprocess.run(["git", "ls-files", name], cwd=ROOT, check=True, capture_output=True, text=True)
        missing = [file for file in tracked.stdout.split() if not (inside / file).exists()]
        assert missing == []


def test_the_installed_package_works_without_the_checkout(installed, tmp_path):
    code = "import sys; from mecctl.cli.app import run; sys.exit(run(sys.argv[1:]))"
    (tmp_path / "inventories").mkdir()

    for words in (["init", "cabinet"], ["site", "validate", "cabinet"]):
        ended = subprocess.run(
            [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(installed)!r}); {code}", *words],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr

    assert "cabinet is valid" in ended.stdout
