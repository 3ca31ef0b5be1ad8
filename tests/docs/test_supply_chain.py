"""The guide's command writes what the guide says it writes, and what it quotes is said."""

import json
import re
import shlex
from pathlib import Path

import pytest

from mecctl.cli.app import run

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/supply-chain.md").read_text()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sbom")
    (folder / "inventories").symlink_to(ROOT / "inventories")
    (command,) = (line for line in GUIDE.splitlines() if line.startswith("mecctl site sbom"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        assert run(shlex.split(command)[1:]) == 0
        first = (folder / "sbom.json").read_bytes()
        assert run(shlex.split(command)[1:]) == 0
    assert (folder / "sbom.json").read_bytes() == first
    return json.loads(first)


def test_every_kind_of_component_that_needs_no_node_is_there(made):
    kinds = {one["purl"].partition("/")[0] for one in made["components"]}

    assert kinds >= {"pkg:golang", "pkg:oci", "pkg:pypi"}
    assert kinds <= set(re.findall(r"`(pkg:\w+)/", GUIDE))


def test_every_property_is_in_the_guide(made):
    properties = {
        one["name"] for part in [*made["components"], made["metadata"]] for one in part.get("properties", ())
    } - {"mecctl:arch", "mecctl:runs-on"}

    assert properties <= set(re.findall(r"`([\w-]+:[\w-]+)`", GUIDE))


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ("isn't what the lock pins", "mecctl/artifacts/jobs.py"),
        ("in the cache isn't what was stored", "mecctl/artifacts/cache.py"),
        ("arrived broken", "playbooks/module_utils/mecctl/blobs.py"),
        ("the host key is not the one on record in", "mecctl/nodes/ssh.py"),
        ("find out who answers there; if the machine was set up anew: ", "mecctl/nodes/ssh.py"),
    ],
)
def test_what_the_guide_quotes_is_said(said, file):
    assert said in GUIDE
    assert said in (ROOT / file).read_text()


def test_every_option_of_trust_is_in_the_guide(capsys):
    assert run(["site", "trust", "--help"]) == 0
    options = set(re.findall(r"(--[a-z]+)", capsys.readouterr().out)) - {"--output", "--verbose", "--help"}

    assert options == {"--fingerprint", "--yes"}
    assert all(option in GUIDE for option in options)
