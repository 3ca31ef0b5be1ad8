import pytest

from mecctl.errors import CommandError, MecctlError
from mecctl.lab import removal
from mecctl.lab.containers import Podman


class Stubborn(Podman):
    """A podman whose one volume can't be removed."""

    def __init__(self):
        self.removed = []

    def containers(self, _):
        return ()

    def volumes(self, _):
        return ("mec-lab-0123abcd-edge-1",)

    def remove(self, names):
        self.removed += names

    def remove_volumes(self, _):
        raise CommandError("podman volume rm ended with 125", why="volume is being used")


@pytest.fixture
def rest(monkeypatch):
    """Stand in for the network and the rules; keep what was removed of them."""
    removed = []
    for module in ("network", "firewall"):
        monkeypatch.setattr(f"mecctl.lab.{module}.remove", lambda _, name=module: removed.append(name))
    monkeypatch.setattr("mecctl.lab.network.namespaces", lambda _: ())
    monkeypatch.setattr("mecctl.lab.firewall.tables", lambda _: ())
    monkeypatch.setattr("mecctl.lab.ip.links", dict)
    monkeypatch.setattr("mecctl.lab.vms.daemon.stop", lambda _: removed.append("machines"))
    monkeypatch.setattr(removal, "_remove_namespace_folder", lambda: removed.append("folder"))
    return removed


def test_what_will_not_go_is_named_and_the_rest_goes(rest, monkeypatch, tmp_path):
    monkeypatch.setattr(removal, "_CGROUPS", tmp_path)

    with pytest.raises(MecctlError, match="volume mec-lab-0123abcd-edge-1 left") as caught:
        removal.remove(Stubborn(), "0123abcd")

    assert "volume is being used" in str(caught.value)
    assert rest == ["machines", "network", "firewall", "folder"]


def test_the_labs_cgroups_go_from_the_leaves_up_in_every_hierarchy(monkeypatch, tmp_path):
    monkeypatch.setattr(removal, "_CGROUPS", tmp_path)
    for path in ("mecctl-0123abcd/a/b", "pids/mecctl-0123abcd/c", "pids/mecctl-ffffffff"):
        (tmp_path / path).mkdir(parents=True)

    removal._remove_cgroups("0123abcd")

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mecctl-ffffffff", "pids"]


def test_a_group_with_a_process_is_waited_for_and_then_left(monkeypatch, tmp_path):
    monkeypatch.setattr(removal, "_CGROUPS", tmp_path)
    monkeypatch.setattr(removal, "_DYING", 0.1)
    (tmp_path / "mecctl-0123abcd").mkdir()
    (tmp_path / "mecctl-0123abcd/busy").touch()

    removal._remove_cgroups("0123abcd")

    assert (tmp_path / "mecctl-0123abcd").exists()


def test_the_state_folder_goes_and_the_sites_when_it_is_empty(tmp_path):
    (tmp_path / ".mecctl/lab").mkdir(parents=True)
    (tmp_path / ".mecctl/lab/containers.conf").touch()

    removal.remove_state(tmp_path / ".mecctl/lab")

    assert list(tmp_path.iterdir()) == []


def test_other_state_of_the_site_stays(tmp_path):
    (tmp_path / ".mecctl/lab").mkdir(parents=True)
    (tmp_path / ".mecctl/state").mkdir()

    removal.remove_state(tmp_path / ".mecctl/lab")

    assert [path.name for path in (tmp_path / ".mecctl").iterdir()] == ["state"]
