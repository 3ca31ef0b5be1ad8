"""The key that mecctl logs in with changes on SSH servers with files of their own, also when it is broken off."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from mecctl import durable
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import sshkey
from mecctl.nodes.hostkeys import record
from mecctl.nodes.ssh import Connection, offered, public_key
from mecctl.nodes.sshkey import Rotation
from mecctl.process import run
from mecctl.sitefile import SiteFolder
from tests.stacks.rendering import site as site_of
from tests.support.sshd import Sshd

OTHER = "ssh-ed25519 AAAAother somebody@else"


@pytest.fixture
def site(tmp_path):
    """Two nodes that let the site's key in, one of them with options, and somebody else's key beside it."""
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", tmp_path / "key"])
    public = (tmp_path / "key.pub").read_text().strip()
    homes = []
    for name, line in (("a", public), ("b", f'no-pty,from="127.0.0.0/8" {public}')):
        (tmp_path / name / ".ssh").mkdir(parents=True)
        homes.append(tmp_path / name)
        (homes[-1] / ".ssh" / "authorized_keys").write_text(f"# keys\n{OTHER}\n{line}")
    with Sshd(name="a", home=homes[0]) as first, Sshd(name="b", address="127.0.0.2", home=homes[1]) as second:
        whole = site_of(access={"privateKey": "key"})
        spec = whole.spec.model_copy(update={"nodes": (first.node, second.node)})
        folder = SiteFolder(tmp_path, whole.model_copy(update={"spec": spec}))
        for server in (first, second):
            record(tmp_path / "known_hosts", server.node, offered(server.node))
        yield SimpleNamespace(
            folder=folder, path=tmp_path, servers=(first, second), before=public_key(tmp_path / "key")
        )


def allowed(site, node):
    return (site.path / node / ".ssh" / "authorized_keys").read_text()


def opens(site, key):
    """Whether a key file logs in to each node."""
    access, found = site.folder.site.spec.access, []
    for server in site.servers:
        try:
            with Connection(server.node, access, site.path / key, site.path / "known_hosts"):
                found.append(True)
        except MecctlError:
            found.append(False)
    return found


def assert_changed(site):
    new = public_key(site.path / "key")
    assert new != site.before
    assert (site.path / "key").stat().st_mode & 0o777 == 0o600
    assert (site.path / "key.pub").read_text() == f"{new.type} {new.body} a comment\n"
    assert not list(site.path.glob("*key.*[!b]"))
    assert allowed(site, "a") == f"# keys\n{OTHER}\n{new.type} {new.body} mecctl\n"
    assert allowed(site, "b") == f'# keys\n{OTHER}\nno-pty,from="127.0.0.0/8" {new.type} {new.body} mecctl\n'
    assert opens(site, "key") == [True, True]


def test_the_key_is_another_one_everywhere_and_all_else_stays(site):
    changes = Rotation(site.folder).run()

    assert_changed(site)
    assert [change.subject for change in changes] == [
        "a: authorized_keys",
        "b: authorized_keys",
        "a: authorized_keys",
        "b: authorized_keys",
        str(site.path / "key"),
    ]
    assert site.before.fingerprint in changes[-1].reason


def test_with_a_node_off_nothing_is_taken_away(site):
    site.servers[1].__exit__()

    with pytest.raises(UnreachableError, match="1 nodes can't be worked on"):
        Rotation(site.folder).run()
    assert public_key(site.path / "key") == site.before
    assert opens(site, "key")[0]
    assert site.before.body in allowed(site, "b")


def test_a_node_that_refuses_the_new_key_keeps_the_old_one_everywhere(site, monkeypatch):
    monkeypatch.setattr(sshkey, "_ADD", "exit 0  # {new.body} {old.body}")

    with pytest.raises(MecctlError, match="was refused"):
        Rotation(site.folder).run()
    assert opens(site, "key") == [True, True]
    assert public_key(site.path / "key") == site.before


class Killed(BaseException):
    """What no code of a run catches."""


def interrupted(site: Any, monkeypatch: Any, moment: int) -> bool:
    """Run a change that ends at the given moment, a step on a node or on a file; whether it got that far."""
    count = itertools.count()

    def mortal(work: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(count) == moment:
                raise Killed
            result = work(*arguments, **named)
            if next(count) == moment:
                raise Killed
            return result

        return call

    with monkeypatch.context() as patch:
        for place, name in (
            (Rotation, "_on"),
            (durable, "write"),
            (type(site.path), "replace"),
            (type(site.path), "unlink"),
        ):
            patch.setattr(place, name, mortal(getattr(place, name)))
        try:
            Rotation(site.folder).run()
        except Killed:
            return True
    return False


@pytest.mark.parametrize("moment", range(36))
def test_wherever_it_is_killed_a_key_at_hand_opens_every_node_and_the_next_run_finishes(site, monkeypatch, moment):
    killed = interrupted(site, monkeypatch, moment)
    at_hand = [opens(site, name) for name in ("key", "key.new", "key.old") if (site.path / name).exists()]

    assert [True, True] in at_hand[:1]  # the one that the site file names
    if killed:
        Rotation(site.folder).run()
    assert_changed(site)


def test_the_sweep_reaches_the_end(site, monkeypatch):
    assert not interrupted(site, monkeypatch, 36)
