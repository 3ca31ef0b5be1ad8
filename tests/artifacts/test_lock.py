from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from mecctl.artifacts.lock import RELEASES, load_lock, read
from mecctl.artifacts.recipe import go_module, static_file
from mecctl.artifacts.source import FileSource, GoSource, ImageSource, UrlSource
from mecctl.errors import InputError, MecctlError
from mecctl.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

SUM = "0" * 64
LAB = resource("lab") / "artifacts.lock.yaml"


def written(path: Path, text: str) -> Path:
    path.write_text("artifacts:\n" + textwrap.indent(textwrap.dedent(text), "  "))
    return path


def test_a_lab_replaces_releases_and_a_site_replaces_both(tmp_path):
    own = written(
        tmp_path / "artifacts.lock.yaml",
        f"""\
        - {{name: kubectl, version: v1.36.4, arch: amd64, source: {{kind: file, path: bin/kubectl}}, sha256: "{SUM}",
           file: kubectl}}
        """,
    )
    assert load_lock().find("kubelet", "amd64").source.kind == "url"
    assert load_lock(lab=True).find("kubelet", "amd64").source.kind == "go"
    assert load_lock(own, lab=True).find("kubelet", "amd64").source.kind == "go"
    found = load_lock(own, lab=True).find("kubectl", "amd64")
    assert found.version == "v1.36.4"
    assert found.source == FileSource(kind="file", path=str(tmp_path / "bin/kubectl"))


def test_a_site_needs_no_lock_of_its_own(tmp_path):
    assert load_lock(tmp_path / "artifacts.lock.yaml").artifacts == load_lock().artifacts


def test_an_image_is_linked_to_what_it_is_made_of():
    image = load_lock(lab=True).find("web-image", "arm64")
    assert [need.key for need in image.needs] == ["web-arm64"]
    assert image.images == ("mecctl.io/web:1",)


def test_names_what_it_does_not_have():
    with pytest.raises(MecctlError, match="the artifact lock has no kubelet for arm") as caught:
        load_lock().find("kubelet", "arm")
    assert "it has kubelet for amd64, arm64" in str(caught.value)
    with pytest.raises(MecctlError, match="no kubelett for amd64") as caught:
        load_lock().find("kubelett", "amd64")
    assert "nothing in it is called kubelett" in str(caught.value)


def test_reports_every_problem_by_the_name_of_its_entry(tmp_path):
    path = written(
        tmp_path / "lock.yaml",
        """\
        - {name: a, version: v1, arch: amd64, source: {kind: rpm}, file: a}
        - {name: b, version: v1, arch: sparc, source: {kind: file, path: b}, file: b, sha256: short}
        - {version: v1}
        """,
    )
    with pytest.raises(InputError) as caught:
        read(path)
    text = str(caught.value)
    assert f"{path}: a-amd64.source: Input tag 'rpm'" in text
    assert f"{path}: b-sparc.arch" in text
    assert f"{path}: b-sparc.sha256" in text
    assert f"{path}: entry 3.name: Field required" in text


def test_refuses_the_same_artifact_twice(tmp_path):
    entry = "- {name: a, version: v1, arch: amd64, source: {kind: file, path: a}, file: a}\n"
    with pytest.raises(InputError, match="listed twice: a-amd64"):
        read(written(tmp_path / "lock.yaml", entry * 2))


@pytest.mark.parametrize("text", ["artifacts: [", "artifacts: {a", "", "just text"])
def test_refuses_what_is_no_lock(tmp_path, text):
    path = tmp_path / "lock.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=str(path)):
        read(path)


def test_names_the_line_where_yaml_ends(tmp_path):
    path = tmp_path / "lock.yaml"
    path.write_text("artifacts:\n  - name: a\n name: b\n")
    with pytest.raises(InputError, match=f"{path}:3: this isn't YAML"):
        read(path)


def test_an_image_of_unknown_things_is_refused(tmp_path):
    own = written(
        tmp_path / "lock.yaml",
        """\
        - name: cache-image
          version: "1"
          arch: amd64
          source: {kind: image, images: [{ref: mec/cache:1, layers: [{items: [{to: /cache, artifact: cache}]}]}]}
          file: cache-image.tar
        """,
    )
    with pytest.raises(MecctlError, match="cache-image-amd64 is made of artifacts that no lock has: cache"):
        load_lock(own)


def test_releases_come_from_outside_with_checksums_and_over_tls():
    for artifact in read(RELEASES).artifacts:
        assert isinstance(artifact.source, UrlSource)
        assert artifact.source.url.startswith("https://")
        assert artifact.source.checksums, artifact.key


def test_releases_cover_a_k3s_and_a_kubeadm_node():
    lock = load_lock()
    for name, archs in {"k3s": ["amd64", "arm64", "arm"], "kubelet": ["amd64", "arm64"]}.items():
        for arch in archs:
            assert lock.find(name, arch).install == f"/usr/local/bin/{name}"


def test_the_lab_has_both_architectures_of_everything():
    machines = {"qemu-rootfs", "qemu-image", "guest-disk", "guest-image", "node-box"}  # which run on amd64 only so far
    lock = [one for one in read(LAB).artifacts if one.name not in machines]
    names = {arch: [one.name for one in lock if one.arch == arch] for arch in ("amd64", "arm64")}
    assert names["amd64"] == names["arm64"]


def test_every_go_program_is_pinned_and_its_module_committed():
    for artifact in read(LAB).artifacts:
        if isinstance(artifact.source, GoSource):
            assert (go_module(artifact.source.module) / "go.mod").exists()
            assert artifact.sha256, artifact.key


def test_every_file_of_an_image_exists():
    sources = [artifact.source for artifact in read(LAB).artifacts if isinstance(artifact.source, ImageSource)]
    items = [item for source in sources for image in source.images for layer in image.layers for item in layer.items]
    assert all(static_file(item.static).is_file() for item in items if item.static)


def test_the_lab_has_the_images_that_kubeadm_asks_for():
    """The list that `kubeadm config images list` of 1.36.3 prints."""
    images = {ref for artifact in load_lock(lab=True).artifacts for ref in artifact.images}
    assert images >= {
        "registry.k8s.io/kube-apiserver:v1.36.3",
        "registry.k8s.io/kube-controller-manager:v1.36.3",
        "registry.k8s.io/kube-scheduler:v1.36.3",
        "registry.k8s.io/kube-proxy:v1.36.3",
        "registry.k8s.io/coredns/coredns:v1.14.2",
        "registry.k8s.io/pause:3.10.2",
        "registry.k8s.io/etcd:3.6.8-0",
    }
