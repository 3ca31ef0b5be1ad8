from dataclasses import replace
from pathlib import Path

import pytest

from mecctl.lab import node
from mecctl.lab.containers import Container, Podman
from mecctl.lab.layout import layout
from mecctl.lab.names import Names
from mecctl.process import Completed
from tests.lab.sites import site_folder


@pytest.fixture
def plan(tmp_path):
    folder = site_folder(tmp_path)
    return node.Plan(folder.site.nodes[0], Names("lab", tmp_path), layout(folder), Path("/blobs"), "recipe")


class Said(Podman):
    """A podman that only keeps what it is asked."""

    def __init__(self):
        self.said = []

    def run(self, *words, **_):
        self.said.append(words[0])
        return Completed(0, "", "")


def container(state, pid=0):
    return Container("name", "edge-1", state, pid, "10.78.1.11:22", "abc")


def test_a_node_gets_its_own_cgroups_and_never_the_hosts_systemd_hierarchy(plan):
    assert {"--cgroupns=private", "--systemd=false", f"--cgroup-parent=/mecctl-{plan.names.id}"} <= set(plan.options)


def test_blobs_are_read_only_and_container_runtimes_get_a_volume(plan):
    assert "--volume=/blobs:/var/lib/mecctl/seed:ro" in plan.options
    assert f"--volume={plan.container}:/var/lib:dev,suid" in plan.options


def test_the_recipe_follows_what_a_node_is_made_from(plan):
    assert replace(plan, rootfs="other").recipe != plan.recipe
    assert replace(plan, blobs=Path("/other")).recipe != plan.recipe
    assert replace(plan).recipe == plan.recipe


def test_labels_say_whose_and_which_node_it_is(plan, tmp_path):
    assert plan.labels["io.mecctl.lab"] == plan.names.id
    assert plan.labels["io.mecctl.lab.folder"] == str(tmp_path)
    assert plan.labels["io.mecctl.lab.address"] == "10.78.1.11:22"


@pytest.mark.parametrize(
    ("state", "words"),
    [("paused", ["unpause"]), ("exited", ["start"]), ("created", ["start"]), ("running", ["stop", "start"])],
)
def test_a_node_that_does_not_run_in_its_namespace_is_made_to(plan, state, words):
    podman = Said()

    started = node.start(podman, container(state), plan)

    assert started
    assert podman.said == words


def test_a_node_that_runs_in_its_namespace_is_left_alone(plan, monkeypatch):
    podman = Said()
    monkeypatch.setattr(node, "_same_namespace", lambda *_: True)

    assert not node.start(podman, container("running", 42), plan)
    assert podman.said == []
