"""The table of options against the real binary's own help; only where there is one (`make test-k3s K3S=...`)."""

import re
import subprocess
from pathlib import Path

import pytest

from mecctl.standards import k3s
from tests.support.k3s import binary, version

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(binary() is None, reason="no K3S=/path/to/k3s was given")]

PROGRAM = binary() or Path("k3s")


def told(role):
    said = subprocess.run([PROGRAM, role, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(?<![\w-])--?([a-z][a-z0-9-]*)", said))


@pytest.mark.parametrize("role", ["server", "agent"])
def test_the_binary_knows_every_option_of_its_minor(role):
    known, minor = told(role), k3s.minor(version(PROGRAM))

    listed = {name for name, one in k3s.options().items() if one.since <= minor and one.role in {role, "both"}}

    assert listed - known == set()


def test_the_binary_knows_no_option_of_a_later_minor():
    minor = k3s.minor(version(PROGRAM))

    assert {name for name, one in k3s.options().items() if one.since > minor} & told("server") == set()
