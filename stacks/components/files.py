"""The files of a workload: a ConfigMap and a Secret, mounted file by file so that the image's folders stay."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Secret

from stacks.components.labels import workload_labels

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import VolumeArgsDict, VolumeMountArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

    from mecctl.model import Workload

HASH = "mecctl.io/files"
"""The annotation of pods that changes with the plain files: a file that is mounted alone never changes in a pod."""
CONFIG, SECRET = "config-files", "secret-files"
_OWNER_AND_GROUP = 0o440


@dataclass(frozen=True)
class FilesArgs:
    """The workload, its namespace, and the site's `secrets` by `workload/path` if it has secret files."""

    workload: Workload
    namespace: str
    secrets: pulumi.Output[dict[str, str]] | None


class Files(pulumi.ComponentResource):
    """The ConfigMap `<workload>-files` and the Secret of that name, a key for each file."""

    def __init__(self, name: str, args: FilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Files", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._name = f"{args.workload.name}-files"
        paths = sorted(file.path for file in args.workload.files)
        self._keys = {path: f"{index}-{path.rpartition('/')[2]}" for index, path in enumerate(paths)}
        self._plain = {file.path: file.text for file in args.workload.files if file.text is not None}
        self._secret = tuple(path for path in paths if path not in self._plain)
        about: ObjectMetaArgsDict = {
            "name": self._name,
            "namespace": args.namespace,
            "labels": workload_labels(args.workload),
        }
        if self._plain:
            data = {self._keys[path]: text for path, text in self._plain.items()}
            ConfigMap(f"{name}-config", metadata=about, data=data, opts=child)
        if self._secret and args.secrets is not None:
            values = {self._keys[path]: _value(args.secrets, f"{args.workload.name}/{path}") for path in self._secret}
            Secret(f"{name}-secret", metadata=about, type="Opaque", data=values, opts=child)
        self.register_outputs({})

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations by which pods with other plain files are others; those of secrets are the workload's."""
        if not self._plain:
            return {}
        return {HASH: hashlib.sha256(json.dumps(self._plain, sort_keys=True).encode()).hexdigest()[:16]}

    def volumes(self) -> list[VolumeArgsDict]:
        """Return the volumes as a pod names them."""
        plain: list[VolumeArgsDict] = [{"name": CONFIG, "config_map": {"name": self._name}}]
        secret: list[VolumeArgsDict] = [
            {"name": SECRET, "secret": {"secret_name": self._name, "default_mode": _OWNER_AND_GROUP}}
        ]
        return [*(plain if self._plain else []), *(secret if self._secret else [])]

    def mounts(self) -> list[VolumeMountArgsDict]:
        """Return where a container finds each file."""
        return [
            {
                "name": CONFIG if path in self._plain else SECRET,
                "mount_path": path,
                "sub_path": key,
                "read_only": True,
            }
            for path, key in self._keys.items()
        ]


def _value(secrets: pulumi.Output[dict[str, str]], key: str) -> pulumi.Output[str]:
    """The value as a Secret's `data` has it."""
    return secrets.apply(lambda found: b64encode(found[key].encode())).apply(bytes.decode)
