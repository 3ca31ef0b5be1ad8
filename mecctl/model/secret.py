"""Values that stand elsewhere than in the site file, because not everybody who reads that may know them."""

from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator

from mecctl.model.base import Model
from mecctl.model.types import EnvName, FilePath, SecretName, fault


class Reference(Model):
    """Where a secret value is: exactly one place."""

    from_secret: SecretName | None = Field(
        None, description="Its name in secrets.yaml beside the site file, which Ansible Vault encrypts."
    )
    from_env: EnvName | None = Field(None, description="An environment variable of whoever runs mecctl.")
    from_file: FilePath | None = Field(None, description="A file, relative to the site's folder.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.from_secret, self.from_env, self.from_file)) != 1:
            raise fault("this must name one place", "fromSecret, fromEnv or fromFile, one of them")
        return self


def _form(value: object) -> str:
    return "[reference]" if isinstance(value, dict | Reference) else "[text]"


EnvValue = Annotated[
    Annotated[str, Tag("[text]")] | Annotated[Reference, Tag("[reference]")],
    Discriminator(_form),
]
"""A text, or where a secret one is. The tags are no part of a value's place in the file."""
