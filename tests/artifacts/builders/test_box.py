import json
import shutil
import tarfile
from typing import Any

import pytest

from mecctl.artifacts import recipe
from mecctl.artifacts.builders import box
from mecctl.artifacts.recipe import recipe_key
from tests.artifacts.making import artifact, content

BOX = artifact(
    "node-box",
    {
        "kind": "box",
        "suite": "bookworm",
        "packages": ["systemd", "linux-image-cloud-amd64"],
        "exclude": ["/usr/share/doc/*"],
        "modules": ["virtio_pci", "virtio_blk"],
        "units": ["systemd-networkd"],
        "add": {"/usr/lib/mecctl/node-init": "vm/init"},
        "size": 1,
    },
)

FILES = {"boot/vmlinuz-6.1.0-1-amd64": "kernel", "boot/initrd": "initrd", "etc/hostname": "n"}


@pytest.fixture
def asked(monkeypatch):
    """Stand in for mmdebstrap with a root file system of three files; keep what it was asked."""
    kept: dict[str, Any] = {}

    def bootstrap(_, packages, suite, target, options):
        kept.update(packages=packages, suite=suite, options=options)
        for name, text in FILES.items():
            file = target / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    monkeypatch.setattr(box, "bootstrap", bootstrap)
    return kept


@pytest.mark.skipif(not (shutil.which("qemu-img") and shutil.which("mke2fs")), reason="no qemu-img or mke2fs on PATH")
def test_a_box_has_a_disk_and_what_boots_it(tmp_path, asked):
    with tarfile.open(box.build(BOX, tmp_path)) as tar:
        names = tar.getnames()
        metadata, kernel, _, disk = (content(tar, name) for name in names)
        assert json.loads(metadata) == {"provider": "libvirt", "format": "qcow2", "virtual_size": 1}
        assert kernel == b"kernel"
        assert disk[:4] == b"QFI\xfb"

    assert names == ["metadata.json", "vmlinuz", "initrd", "box.img"]


def test_the_recipe_names_what_goes_in_and_what_starts(tmp_path, asked, monkeypatch):
    monkeypatch.setattr(box, "run", lambda *_, **__: None)
    box.build(BOX, tmp_path)
    hooks = [option for option in asked["options"] if option.startswith("--customize-hook=")]

    assert asked["packages"] == ("systemd", "linux-image-cloud-amd64")
    assert "--dpkgopt=path-exclude=/usr/share/doc/*" in asked["options"]
    assert any("lab/vm/init /usr/lib/mecctl/node-init" in hook for hook in hooks)
    assert any("chmod 755" in hook for hook in hooks)
    assert any("systemctl enable systemd-networkd" in hook for hook in hooks)
    assert "--include-modules=virtio_pci,virtio_blk" in hooks[-1]


def test_a_change_of_a_program_that_goes_in_changes_the_key(tmp_path, monkeypatch):
    file = tmp_path / "lab/vm/init"
    file.parent.mkdir(parents=True)
    file.write_text("one")
    monkeypatch.setattr(recipe, "resource", lambda name: tmp_path / name)
    before = recipe_key(BOX)
    file.write_text("two")

    assert recipe_key(BOX) != before
