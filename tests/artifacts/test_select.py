from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mecctl.artifacts.lock import Lock, load_lock
from mecctl.artifacts.select import for_nodes
from mecctl.errors import MecctlError
from mecctl.model import Site

if TYPE_CHECKING:
    from mecctl.artifacts.lock import Artifact

BOTH = {"edge-1": "amd64", "edge-2": "arm64"}
PROGRAMS = ["containerd", "containerd-shim-runc-v2", "ctr", "kubelet", "kubeadm"]


def site(distribution: str = "kubeadm", version: str = "v1.36.3", image: str = "mecctl.io/web:1", **more: Any) -> Site:
    return Site.model_validate(
        {
            "apiVersion": "mecctl/v1",
            "kind": "Site",
            "metadata": {"name": "here"},
            "spec": {
                "access": {"privateKey": "key"},
                "nodes": [
                    {"name": "edge-1", "address": "10.0.0.1", "roles": ["server"]},
                    {"name": "edge-2", "address": "10.0.0.2", "roles": ["agent"]},
                ],
                "kubernetes": {
                    "distribution": distribution,
                    "version": version,
                    "network": {"cni": "flannel" if distribution == "k3s" else "cilium"},
                },
                "slices": [{"name": "video", "snssai": {"sst": 1}}],
                "workloads": [{"name": "cache", "slice": "video", "image": image, "ports": [8080]}],
                **more,
            },
        }
    )


def names(needed: dict[str, tuple[Artifact, ...]], node: str) -> list[str]:
    return [artifact.name for artifact in needed[node]]


def test_a_lab_gets_programs_and_every_image():
    needed = for_nodes(site(lab={"driver": "podman"}), BOTH, load_lock(lab=True))
    images = ["kubeadm-node-images", "probe-image", "web-image"]
    assert names(needed, "edge-1") == [*PROGRAMS, "kubectl", "kubeadm-server-images", *images]
    assert names(needed, "edge-2") == [*PROGRAMS, *images]
    assert {artifact.arch for artifact in needed["edge-2"]} == {"arm64"}


def test_an_image_that_no_node_of_an_architecture_has_is_refused_unless_its_workload_stays_away():
    lock = Lock(a for a in load_lock(lab=True).artifacts if a.key != "web-image-arm64")
    here = site(lab={"driver": "podman"})
    (cache,) = here.spec.workloads
    kept = cache.model_copy(update={"architecture": "amd64"})
    away = here.model_copy(update={"spec": here.spec.model_copy(update={"workloads": (kept,)})})

    with pytest.raises(MecctlError, match=r"can't get the workload image mecctl\.io/web:1 for arm64") as caught:
        for_nodes(here, BOTH, lock)

    assert "from arm64 nodes by its field architecture" in str(caught.value)
    assert "web-image" in names(for_nodes(away, BOTH, lock), "edge-1")
    assert "web-image" not in names(for_nodes(away, BOTH, lock), "edge-2")


def test_elsewhere_nodes_pull_images_themselves():
    needed = for_nodes(site(image="ghcr.io/somebody/cache:3"), BOTH, load_lock())
    assert names(needed, "edge-1") == [*PROGRAMS, "kubectl"]
    assert names(needed, "edge-2") == PROGRAMS


def test_a_lab_refuses_an_image_that_it_cannot_get():
    with pytest.raises(MecctlError, match=r"the workload image ghcr\.io/somebody/cache:3 for amd64") as caught:
        for_nodes(site(image="ghcr.io/somebody/cache:3", lab={"driver": "podman"}), BOTH, load_lock(lab=True))
    assert "mecctl.io/web:1" in str(caught.value)


def test_k3s_is_one_program():
    needed = for_nodes(site("k3s", "v1.36.5+k3s1"), {"edge-1": "amd64", "edge-2": "arm"}, load_lock())
    assert [artifact.key for artifact in needed["edge-1"] + needed["edge-2"]] == ["k3s-amd64", "k3s-arm"]


def test_airgap_images_come_along_once_they_are_pinned():
    pinned = [
        artifact.model_copy(update={"sha256": "0" * 64}) if artifact.key == "k3s-airgap-images-arm64" else artifact
        for artifact in load_lock().artifacts
    ]
    needed = for_nodes(site("k3s", "v1.36.5+k3s1"), BOTH, Lock(pinned))
    assert names(needed, "edge-1") == ["k3s"]
    assert names(needed, "edge-2") == ["k3s", "k3s-airgap-images"]


def test_an_existing_cluster_needs_nothing():
    assert for_nodes(site("existing"), BOTH, load_lock()) == {"edge-1": (), "edge-2": ()}


@pytest.mark.parametrize(("distribution", "version"), [("kubeadm", "v1.36.2"), ("k3s", "v1.36.4+k3s1")])
def test_refuses_another_version_than_the_locks(distribution, version):
    with pytest.raises(MecctlError, match=f"the site wants Kubernetes {version[:7]}") as caught:
        for_nodes(site(distribution, version), BOTH, load_lock())
    assert "artifacts.lock.yaml" in str(caught.value)


def test_names_an_architecture_that_nobody_builds_for():
    with pytest.raises(MecctlError, match="no containerd for arm"):
        for_nodes(site(), {"edge-1": "amd64", "edge-2": "arm"}, load_lock())
