from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from mecctl.artifacts.builders import image
from mecctl.artifacts.builders.tar import pack
from mecctl.errors import CommandError, MecctlError
from mecctl.process import run
from tests.artifacts.making import artifact, content

if TYPE_CHECKING:
    from pathlib import Path

ROOT = {"rootfs": "root"}
ITEMS = [
    {"to": "/usr/bin/tool", "artifact": "tool"},
    {"to": "/usr/bin/alias", "link": "tool"},
    {"to": "/shared", "mode": "1777"},
    {"to": "/etc/passwd", "static": "passwd"},
    {"to": "/var/lib/bpf", "artifact": "sources", "member": "bpf"},
    {"to": "/start.sh", "artifact": "sources", "member": "bpf/start.sh", "mode": "755"},
]


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    files = tmp_path / "files"
    (files / "bpf/lib").mkdir(parents=True)
    for name in ("tool", "passwd", "bpf/start.sh", "bpf/lib/a.h", "bpfother"):
        (files / name).write_text(name)
    monkeypatch.setattr(image, "static_file", lambda name: files / name)
    return {
        "tool": files / "tool",
        "sources": pack(tmp_path / "sources.tar", files, ["bpf", "bpfother"]),
        "root": pack(tmp_path / "root.tar", files, ["passwd"]),
    }


def written(tmp_path: Path, inputs: dict[str, Path], *images: dict[str, Any], name: str = "work") -> Path:
    work = tmp_path / name
    work.mkdir()
    return image.build(artifact("images", {"kind": "image", "images": list(images)}), inputs, work)


class Archive:
    def __init__(self, path: Path) -> None:
        with tarfile.open(path) as tar:
            self.files = {name: content(tar, name) for name in tar.getnames()}
        self.index = json.loads(self.files["index.json"])

    def blob(self, descriptor: dict[str, Any]) -> bytes:
        digest = descriptor["digest"].removeprefix("sha256:")
        blob = self.files[f"blobs/sha256/{digest}"]
        assert hashlib.sha256(blob).hexdigest() == digest
        assert len(blob) == descriptor["size"]
        return blob

    def manifest(self, number: int = 0) -> Any:
        return json.loads(self.blob(self.index["manifests"][number]))

    def config(self, number: int = 0) -> Any:
        return json.loads(self.blob(self.manifest(number)["config"]))

    def layer(self, tmp_path: Path, descriptor: dict[str, Any]) -> Path:
        packed = tmp_path / "layer.zst"
        packed.write_bytes(self.blob(descriptor))
        run(["zstd", "-qdf", packed, "-o", tmp_path / "layer.tar"])
        return tmp_path / "layer.tar"


def test_is_an_oci_layout_whose_names_every_tool_finds(tmp_path, inputs):
    archive = Archive(written(tmp_path, inputs, {"ref": "mecctl.io/tool:1", "layers": [ROOT]}))
    assert json.loads(archive.files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    (found,) = archive.index["manifests"]
    assert found["annotations"] == {
        "io.containerd.image.name": "mecctl.io/tool:1",
        "org.opencontainers.image.ref.name": "mecctl.io/tool:1",
    }
    assert found["platform"] == {"architecture": "amd64", "os": "linux"}


def test_the_configuration_is_what_a_container_starts_with(tmp_path, inputs):
    spec = {
        "ref": "t:1",
        "layers": [ROOT],
        "entrypoint": ["/tool"],
        "cmd": ["-v"],
        "env": {"SLICE": "video"},
        "user": "65532:65532",
        "workdir": "/srv",
    }
    config = Archive(written(tmp_path, inputs, spec)).config()
    assert config["architecture"] == "amd64"
    assert config["config"] == {
        "Entrypoint": ["/tool"],
        "Cmd": ["-v"],
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SLICE=video"],
        "User": "65532:65532",
        "WorkingDir": "/srv",
    }


def test_layers_hold_items_in_order_without_times_or_owners(tmp_path, inputs):
    archive = Archive(written(tmp_path, inputs, {"ref": "t:1", "layers": [ROOT, {"items": ITEMS}]}))
    base, top = archive.manifest()["layers"]
    path = archive.layer(tmp_path, top)
    with tarfile.open(path) as tar:
        found = {m.name: (oct(m.mode), m.linkname or m.isdir() or content(tar, m.name).decode()) for m in tar}
        assert all((m.mtime, m.uid, m.gid) == (0, 0, 0) for m in tar)
    assert found == {
        "etc/passwd": ("0o644", "passwd"),
        "start.sh": ("0o755", "bpf/start.sh"),
        "shared": ("0o1777", True),
        "usr/bin/alias": ("0o777", "tool"),
        "usr/bin/tool": ("0o755", "tool"),
        "var/lib/bpf": ("0o755", True),
        "var/lib/bpf/lib": ("0o755", True),
        "var/lib/bpf/lib/a.h": ("0o644", "bpf/lib/a.h"),
        "var/lib/bpf/start.sh": ("0o644", "bpf/start.sh"),
    }
    root = archive.layer(tmp_path, base).read_bytes()
    assert root == inputs["root"].read_bytes()
    assert archive.config()["rootfs"]["diff_ids"] == [
        "sha256:" + hashlib.sha256(root).hexdigest(),
        "sha256:" + hashlib.sha256(archive.layer(tmp_path, top).read_bytes()).hexdigest(),
    ]


def test_images_share_equal_layers(tmp_path, inputs):
    layers = [ROOT, {"items": ITEMS}]
    images = [{"ref": "a:1", "layers": layers}, {"ref": "b:1", "layers": layers, "cmd": ["b"]}]
    archive = Archive(written(tmp_path, inputs, *images))
    assert archive.manifest(0)["layers"] == archive.manifest(1)["layers"]
    assert len([name for name in archive.files if name.startswith("blobs/")]) == 2 + 2 * 2


def test_the_same_inputs_give_the_same_bytes(tmp_path, inputs):
    spec = {"ref": "t:1", "layers": [ROOT, {"items": ITEMS}]}
    first = written(tmp_path, inputs, spec, name="first")
    again = written(tmp_path, inputs, spec, name="again")
    assert first.read_bytes() == again.read_bytes()


def test_skopeo_reads_it(tmp_path, inputs):
    path = written(tmp_path, inputs, {"ref": "t:1", "layers": [ROOT, {"items": ITEMS}], "env": {"A": "b"}})
    said = json.loads(run(["skopeo", "inspect", f"oci-archive:{path}"]).stdout)
    assert "A=b" in said["Env"]
    assert len(said["Layers"]) == 2


def test_a_member_that_is_not_there_is_named(tmp_path, inputs):
    item = {"to": "/a", "artifact": "sources", "member": "none"}
    with pytest.raises(MecctlError, match="sources has no none") as caught:
        written(tmp_path, inputs, {"ref": "t:1", "layers": [{"items": [item]}]})
    assert caught.value.where == "the layer item for /a"


def test_missing_zstd_is_said_with_the_cure(tmp_path, inputs, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="zstd, which isn't installed") as caught:
        written(tmp_path, inputs, {"ref": "t:1", "layers": [ROOT]})
    assert "apt-get install zstd" in str(caught.value)
