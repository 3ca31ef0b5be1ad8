"""Which labs are joined, and that a cable has one name and addresses of its own from both ends."""

import shutil
from pathlib import Path

import pytest

from mecctl.lab import joining
from mecctl.lab.names import Names
from mecctl.sitefile import load

INVENTORIES = Path(__file__).parents[2] / "inventories"


@pytest.fixture
def sites(tmp_path):
    for name in ("lab-a", "lab-b"):
        shutil.copytree(INVENTORIES / name, tmp_path / name, ignore=shutil.ignore_patterns(".mecctl"))
    return tmp_path


@pytest.fixture
def kernel(monkeypatch):
    """What is asked of the kernel; all namespaces of `alive` are there."""
    asked: list[tuple[str, list[str]]] = []
    alive: set[str] = set()
    monkeypatch.setattr("mecctl.lab.joining.ip.namespace_is_alive", alive.__contains__)
    monkeypatch.setattr("mecctl.lab.joining.ip.links", lambda _: {})
    monkeypatch.setattr("mecctl.lab.joining.ip.delete_link", lambda *_: None)
    monkeypatch.setattr("mecctl.lab.joining.ip.batch", lambda lines, space: asked.append((space, list(lines))))
    return asked, alive


def names(folder):
    return Names(folder.site.name, folder.path)


def test_a_peer_beside_whose_lab_is_up_is_joined_alike_from_both_ends(sites, kernel):
    asked, alive = kernel
    a, b = load(sites / "lab-a"), load(sites / "lab-b")
    alive |= {names(a).lab, names(b).lab}

    assert joining.join(a) == ("lab-b",)
    first = list(asked)
    asked.clear()
    assert joining.join(b) == ("lab-a",)
    assert asked == first
    routes = {(space, line) for space, lines in asked for line in lines if line.startswith("route")}
    assert any(space == names(a).lab and "route replace 10.74.0.0/24 via 169.254." in line for space, line in routes)
    assert any(space == names(b).lab and "route replace 10.73.0.0/24 via 169.254." in line for space, line in routes)


def test_a_peer_whose_lab_is_down_waits_for_it(sites, kernel):
    asked, alive = kernel
    a = load(sites / "lab-a")
    alive.add(names(a).lab)

    assert joining.join(a) == ()
    assert asked == []


def test_a_peer_that_is_elsewhere_is_nobodys_lab(sites, kernel):
    _, alive = kernel
    a = load(sites / "lab-a")
    alive |= {names(a).lab, "mec-lab-b-00000000"}
    shutil.rmtree(sites / "lab-b")

    assert joining.join(a) == ()
