"""Files that a workload finds in its containers: configuration, keys, certificates."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from mecctl.model.base import Model
from mecctl.model.secret import Reference
from mecctl.model.types import EnvName, FilePath, MountPath, SecretName, fault

MAX_BYTES = 2**20
"""What a ConfigMap or a Secret holds (https://kubernetes.io/docs/concepts/configuration/configmap/)."""


class ConfigFile(Model):
    """One file, read-only for the program; its text stands here, or it is secret and elsewhere."""

    # A site file may name a file beside it as `source`; mecctl.sitefile.sources puts the text in its place.
    path: MountPath = Field(description="Where the program finds it.")
    text: Annotated[str, Field(max_length=MAX_BYTES)] | None = Field(None, description="What is in it.")
    from_secret: SecretName | None = Field(None, description="Secret: its name in secrets.yaml beside the site file.")
    from_env: EnvName | None = Field(None, description="Secret: an environment variable of whoever runs mecctl.")
    from_file: FilePath | None = Field(None, description="Secret: a file, relative to the site's folder.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.text, self.from_secret, self.from_env, self.from_file)) != 1:
            raise fault(
                "this must say once what is in it", "text, source, fromSecret, fromEnv or fromFile, one of them"
            )
        return self

    @property
    def reference(self) -> Reference | None:
        """Where a secret file's content is; None for one whose text stands in the site file."""
        if self.text is not None:
            return None
        return Reference(from_secret=self.from_secret, from_env=self.from_env, from_file=self.from_file)
