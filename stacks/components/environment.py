"""The secret part of a workload's environment: a Secret in its slice, which only its own pods name."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.core.v1 import Secret

from stacks.components.labels import workload_labels

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import EnvVarArgsDict

    from mecctl.model import Workload

VERSION = "mecctl.io/secrets"
"""The annotation of pods that changes with the values, so that a Deployment starts new pods for new ones."""


@dataclass(frozen=True)
class EnvironmentArgs:
    """The workload, its namespace, and the site's `secrets` by `workload/VARIABLE`."""

    workload: Workload
    namespace: str
    secrets: pulumi.Output[dict[str, str]]


class Environment(pulumi.ComponentResource):
    """The Secret `<workload>-env`, a key for each variable whose value is secret."""

    def __init__(self, name: str, args: EnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:Environment", name, None, opts)
        workload = args.workload
        self._names = tuple(workload.secret_env)
        secret = Secret(
            f"{name}-secret",
            metadata={
                "name": f"{workload.name}-env",
                "namespace": args.namespace,
                "labels": workload_labels(workload),
            },
            type="Opaque",
            # Not string_data: the API server keeps no record of who set that, so it neither tells of others who change
            # a value nor takes away what isn't declared any more.
            data={key: _value(args, key) for key in self._names},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret = secret.metadata.name
        self.register_outputs({})

    def variables(self) -> list[EnvVarArgsDict]:
        """Return the variables as a container names them."""
        return [
            {"name": name, "value_from": {"secret_key_ref": {"name": self.secret, "key": name}}} for name in self._names
        ]


def _value(args: EnvironmentArgs, name: str) -> pulumi.Output[str]:
    """The value as a Secret's `data` has it."""
    coded = args.secrets.apply(lambda secrets: b64encode(secrets[f"{args.workload.name}/{name}"].encode()))
    return coded.apply(bytes.decode)
