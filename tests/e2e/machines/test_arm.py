"""A site of two architectures: an x86 server, and an ARM agent that QEMU emulates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.machines import LiveMachines, running

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.e2e, pytest.mark.vm]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveMachines]:
    folder = tmp_path_factory.mktemp("site") / "inventories" / "lab-arm"
    with running(LiveMachines.beside(folder, "arm64"), "edge-2") as beside:
        yield beside


def test_a_site_of_two_architectures_comes_up_and_is_proven(site: LiveMachines) -> None:
    ended = site.up()

    assert ended.code == 0, ended.out + ended.err
    assert site.on("edge-2", "uname -m") == "aarch64"


def test_each_architecture_has_a_ready_node_with_a_workload_on_it(site: LiveMachines) -> None:
    status = site.until_ready()

    assert {(node["name"], node["arch"], node["ready"]) for node in status["nodes"]} == {
        ("edge-1", "amd64", True),
        ("edge-2", "arm64", True),
    }
    assert {work["name"]: work["ready"] for work in status["workloads"]} == {"cache": True, "control": True}
    for node, pod in (("edge-1", "cache"), ("edge-2", "control")):
        get = f"kubectl --kubeconfig /etc/kubernetes/admin.conf get pods -A --field-selector spec.nodeName={node}"
        assert f" {pod}-" in site.on("edge-1", get)


def test_nothing_is_left_to_do(site: LiveMachines) -> None:
    ended = site.plan()

    assert (ended.code, ended.json["changes"]) == (0, []), ended.out
