"""A whole site's bill of materials, by the locks and by what nodes say, held to CycloneDX's own schema."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from mecctl.artifacts.cache import Cache
from mecctl.artifacts.recipe import recipe_key
from mecctl.artifacts.sbom import packages, parts
from mecctl.artifacts.sbom.cyclonedx import document
from mecctl.artifacts.sbom.software import Package, Software
from mecctl.artifacts.select import for_site
from mecctl.artifacts.store import Store
from mecctl.sitefile import load
from tests.artifacts.making import sum_of

INVENTORIES = Path(__file__).parents[3] / "inventories"
WEB = "mecctl.io/web:1"
DIGEST = "sha256:" + "d" * 64
SEEN = {
    "edge-1": Software(
        "amd64",
        "debian-12",
        (Package("curl", "7.88.1-10+deb12u14", "amd64"), Package("libc6", "2.36-9+deb12u13", "amd64")),
        {WEB: DIGEST, "docker.io/library/nginx:1.29": "sha256:" + "e" * 64},
    ),
    "edge-2": Software("amd64", "debian-12", (Package("libc6", "2.36-9+deb12u13", "amd64"),), {}),
}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def written(store, name="lab", seen=None):
    return document(name, parts(for_site(load(INVENTORIES / name)), seen or {}, store))


def by_ref(text):
    return {one["bom-ref"]: one for one in json.loads(text)["components"]}


def values(component, name):
    return [one["value"] for one in component.get("properties", []) if one["name"] == name]


@pytest.mark.parametrize("name", ["lab", "lab-k3s", "k3s-street-cabinet"])
@pytest.mark.parametrize("seen", [{}, SEEN], ids=["locks", "nodes"])
def test_it_is_valid_by_the_schema(store, name, seen):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written(store, name, seen)) is None


def test_a_package_of_rpms_has_its_epoch_apart():
    part = packages.package(Package("shadow-utils", "2:4.9-12.el9", "x86_64", "rpm"), "rocky-9.6")

    assert part.purl == "pkg:rpm/rocky/shadow-utils@4.9-12.el9?arch=x86_64&distro=rocky-9.6&epoch=2"


def test_the_same_site_gives_the_same_text_and_another_one_another_serial_number(store):
    first, again, other = written(store), written(store), written(store, seen=SEEN)

    assert first == again
    assert "timestamp" not in json.loads(first)["metadata"]
    assert json.loads(first)["serialNumber"] != json.loads(other)["serialNumber"]


def test_a_given_time_is_its_timestamp():
    text = document("lab", (), made=datetime(2026, 1, 2, tzinfo=UTC))

    assert json.loads(text)["metadata"]["timestamp"].startswith("2026-01-02T00:00:00")


def test_a_program_has_its_version_sum_place_nodes_and_modules(store):
    text = written(store)
    kubelet = by_ref(text)["kubelet-amd64"]

    assert kubelet["purl"] == "pkg:golang/k8s.io/kubernetes@v1.36.3#cmd/kubelet"
    lock = next(one for one in for_site(load(INVENTORIES / "lab"))["edge-1"] if one.name == "kubelet")
    assert kubelet["hashes"] == [{"alg": "SHA-256", "content": lock.sha256}]
    assert values(kubelet, "mecctl:path") == ["/usr/local/bin/kubelet"]
    assert values(kubelet, "mecctl:node") == ["edge-1", "edge-2"]
    needs = next(one["dependsOn"] for one in json.loads(text)["dependencies"] if one["ref"] == "kubelet-amd64")
    assert len(needs) > 100
    assert "golang/k8s.io/api@v0.36.3" in needs
    assert values(by_ref(text)["golang/k8s.io/api@v0.36.3"], "go:h1")[0].startswith("h1:")


def test_all_that_the_locks_put_on_nodes_is_there(store):
    found = by_ref(written(store))
    needed = {one.key: one for them in for_site(load(INVENTORIES / "lab")).values() for one in them}

    for key, one in needed.items():
        for ref in [f"image/{image}-amd64" for image in one.images] or [key]:
            assert ref in found
    assert {key for key, one in found.items() if one["type"] == "container"} == {
        f"image/{image}-amd64" for one in needed.values() for image in one.images
    }


def test_an_image_has_the_digest_of_the_archive_that_was_made_here(store):
    image = next(one for one in for_site(load(INVENTORIES / "lab"))["edge-1"] if one.name == "web-image")
    index = {"manifests": [{"digest": DIGEST, "annotations": {"org.opencontainers.image.ref.name": WEB}}]}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("index.json")
        info.size = len(json.dumps(index))
        tar.addfile(info, io.BytesIO(json.dumps(index).encode()))
    cache, made = Cache(store.root), store.root / "made"
    made.write_bytes(buffer.getvalue())
    cache.record(recipe_key(image), {"sha256": cache.add(made, sum_of(buffer.getvalue())).name})
    web = by_ref(written(store))[f"image/{WEB}-amd64"]

    assert web["purl"] == f"pkg:oci/web@{DIGEST}?arch=amd64&repository_url=mecctl.io/web&tag=1"
    assert web["hashes"] == [{"alg": "SHA-256", "content": "d" * 64}]
    assert values(web, "mecctl:unknown") == []


def test_what_nobody_knows_yet_says_so(store):
    web = by_ref(written(store))[f"image/{WEB}-amd64"]

    assert "hashes" not in web
    assert values(web, "mecctl:unknown") == ["the digest: the image wasn't made on this machine yet"]


def test_packages_inside_images_are_those_that_their_root_was_made_of(store):
    probe = next(one for one in for_site(load(INVENTORIES / "lab"))["edge-1"] if one.name == "probe-image")
    root = next(need for need in probe.needs if need.name == "probe-rootfs")
    Cache(store.root).record(recipe_key(root), {"sha256": "a" * 64, "packages": {"busybox": "1:1.35.0-4"}})
    found = by_ref(written(store))

    assert found["deb/busybox@1:1.35.0-4?arch=amd64"]["purl"].startswith("pkg:deb/debian/busybox@")


def test_what_nodes_say_comes_with_the_nodes_it_was_seen_on(store):
    found = by_ref(written(store, seen=SEEN))
    libc, web = found["deb/libc6@2.36-9+deb12u13?arch=amd64"], found[f"image/{WEB}-amd64"]

    assert values(libc, "mecctl:node") == ["edge-1", "edge-2"]
    assert "distro=debian-12" in libc["purl"]
    assert web["hashes"] == [{"alg": "SHA-256", "content": "d" * 64}]
    assert "image/docker.io/library/nginx:1.29-amd64" in found
