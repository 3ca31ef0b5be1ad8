"""People who log in to the cluster by OpenID Connect, as the site's own identity provider knows them.

Their names and groups carry a prefix in Kubernetes, so that a provider can't speak for anybody but its own: not for
`system:masters`, and not for who has a certificate.
"""

from typing import Annotated

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.types import FilePath, HttpsUrl, SubjectPrefix

Text = Annotated[str, Field(min_length=1)]


class Oidc(Model):
    """An identity provider, and which claims of its tokens say who somebody is."""

    issuer: HttpsUrl = Field(description="The provider's address, exactly as its tokens have it in `iss`; https only.")
    client_id: Text = Field(alias="clientID", description="Whom tokens must be meant for: the client in their `aud`.")
    username_claim: Text = Field("sub", description="Claim with the user's name.")
    username_prefix: SubjectPrefix = Field("oidc:", description="What Kubernetes puts before the user's name.")
    groups_claim: Text = Field("groups", description="Claim with the user's groups.")
    groups_prefix: SubjectPrefix = Field("oidc:", description="What Kubernetes puts before each group.")
    ca_file: FilePath | None = Field(
        None,
        description="PEM certificates that vouch for the issuer, a path relative to the site's folder; those of the "
        "servers' system where left out.",
    )
    admin_groups: tuple[Text, ...] = Field(
        (), description="The provider's groups, without the prefix, whose members administer the whole cluster."
    )

    def group(self, name: str) -> str:
        """Return what Kubernetes calls one of the provider's groups."""
        return f"{self.groups_prefix}{name}"
