"""A real binary of K3s, where `make test-k3s K3S=...` names one; nothing stands in for it where none is named."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

import yaml

IMAGES = "k3s-airgap-images-amd64.tar.zst"


def binary() -> Path | None:
    """The binary that the environment names in K3S."""
    return Path(os.environ["K3S"]).resolve() if os.environ.get("K3S") else None


def version(program: Path) -> str:
    """What the binary says of itself, for example v1.36.5+k3s1."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return str(re.findall(r"v1\.[0-9]+\.[0-9]+\+k3s[0-9]+", said)[0])


def pin(folder: Path, program: Path) -> None:
    """Have the site in `folder` run this binary, with the images of its release, which lie beside it."""
    own = version(program)
    site = folder / "site.yaml"
    site.write_text(re.sub(r"v1\.[0-9]+\.[0-9]+\+k3s[0-9]+", own, site.read_text()))
    places = {
        "k3s": (program, "/usr/local/bin/k3s"),
        "k3s-airgap-images": (program.with_name(IMAGES), f"/var/lib/rancher/k3s/agent/images/{IMAGES}"),
    }
    artifacts = [_artifact(name, own, path, install) for name, (path, install) in places.items()]
    (folder / "artifacts.lock.yaml").write_text(yaml.safe_dump({"artifacts": artifacts}))


def _artifact(name: str, own: str, path: Path, install: str) -> dict[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    source = {"kind": "file", "path": str(path)}
    return {
        "name": name, "version": own, "arch": "amd64", "source": source, "sha256": digest, "file": path.name,
        "install": install,
    }  # fmt: skip
