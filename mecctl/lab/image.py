"""The nodes' image: Debian's packages as the artifact store has them, imported into podman once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.artifacts.lock import load_lock
from mecctl.lab.host import exclusive
from mecctl.lab.layout import host_arch

if TYPE_CHECKING:
    from mecctl.artifacts.lock import Artifact
    from mecctl.artifacts.store import Store
    from mecctl.lab.containers import Podman
    from mecctl.plan.progress import Progress

_REPOSITORY = "localhost/mecctl-node"
_ARTIFACT = "node-rootfs"
_TASK = "node image"


def artifact() -> Artifact:
    """Return the lock's entry of the root file system for this machine; raises MecctlError when there is none."""
    return load_lock(lab=True).find(_ARTIFACT, host_arch())


def ensure(podman: Podman, store: Store, artifact: Artifact, progress: Progress) -> str:
    """Return the reference of the image of the root file system `artifact`, importing it if podman hasn't it.

    Raises CommandError when podman can't, and what Store.ensure raises.
    """
    blob = store.ensure([artifact], progress)[artifact.key]
    reference = f"{_REPOSITORY}:{blob.sha256[:12]}"
    if not _exists(podman, reference):
        with exclusive("image"):
            if not _exists(podman, reference):
                progress.begin(_TASK)
                podman.run("import", "--quiet", blob.path, reference, timeout=600)
                progress.end(_TASK, f"{reference} from {blob.size / 1e6:.0f} MB")
        _prune(podman, reference)
    return reference


def purge(podman: Podman) -> None:
    """Remove every node image that no container uses."""
    _prune(podman, keep=None)


def _exists(podman: Podman, reference: str) -> bool:
    return podman.run("image", "exists", reference, check=False).returncode == 0


def _prune(podman: Podman, keep: str | None) -> None:
    listed = podman.run("images", "--filter", f"reference={_REPOSITORY}", "--format", "{{.Repository}}:{{.Tag}}")
    used = set(podman.run("ps", "--all", "--format", "{{.Image}}").stdout.split())
    old = set(listed.stdout.split()) - used - {keep}
    if old:
        # Another lab may take one of them up meanwhile, which is no reason for `lab up` to fail.
        podman.run("rmi", *sorted(old), check=keep is None)
