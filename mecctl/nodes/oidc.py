"""How API servers know who logs in by OpenID Connect: the `jwt` part of an AuthenticationConfiguration.

kubernetes.io/docs/reference/access-authn-authz/authentication, "Using Authentication Configuration"
(apiserver.config.k8s.io/v1, Kubernetes 1.34 and later).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mecctl.sitefile import SiteFolder


def authenticators(folder: SiteFolder) -> list[dict[str, Any]]:
    """Return the list under `jwt`: one authenticator, or none for a site without an identity provider."""
    oidc = folder.site.kubernetes.oidc
    if oidc is None:
        return []
    trust = {"certificateAuthority": folder.resolve(oidc.ca_file).read_text()} if oidc.ca_file else {}
    return [
        {
            "issuer": {"url": oidc.issuer, "audiences": [oidc.client_id], **trust},
            "claimMappings": {
                "username": {"claim": oidc.username_claim, "prefix": oidc.username_prefix},
                "groups": {"claim": oidc.groups_claim, "prefix": oidc.groups_prefix},
            },
        }
    ]
