"""A kubeconfig for one person, one slice and one role, good for a while."""

from __future__ import annotations

import base64
import getpass
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from mecctl.cluster.certificate import Issued, issue
from mecctl.engine.kube import KubeError
from mecctl.engine.state.files import write_whole
from mecctl.errors import MecctlError
from mecctl.model import cluster_role, tenant_group

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mecctl.engine.kube import KubeClient
    from mecctl.model import Slice, TenantRole
    from mecctl.sitefile import SiteFolder

FOLDER = "tenants"
"""Where kubeconfigs are written inside of the site's state, if nowhere else."""
_LONGEST = 64  # characters of a certificate's CN (X.520, ub-common-name)


@dataclass(frozen=True)
class Tenant:
    """Who was given what until when, and the file that holds it."""

    user: str
    group: str
    until: datetime
    kubeconfig: Path


def invite(
    client: KubeClient, folder: SiteFolder, part: Slice, role: TenantRole, seconds: int, who: str, path: Path
) -> Tenant:
    """Write a kubeconfig, 0600, that has a role in a slice's namespace for `seconds`, and say what is in it.

    `who` is the person's name, which the API server's audit log has as part of the user's. Raises MecctlError when the
    slice isn't on the cluster, or the cluster signs no certificate.
    """
    _bound(client, folder, part, role)
    group = tenant_group(part.namespace, role)
    user = user_name(group, who)
    issued = issue(client, user, group, seconds)
    admin = yaml.safe_load((folder.state / "kubeconfig").read_text())
    write_whole(path, yaml.safe_dump(kubeconfig(admin, part, user, issued), sort_keys=False).encode())
    return Tenant(user, group, issued.until, path)


def user_name(group: str, who: str) -> str:
    """Return a user's name: the group's, the person's as far as there is room, and a number for this certificate."""
    number = secrets.token_hex(4)
    room = _LONGEST - len(group) - len(number) - 2
    return f"{group}:{re.sub('[^A-Za-z0-9._@-]', '-', who)[:room]}:{number}"


def login() -> str:
    """Return who runs mecctl here."""
    return getpass.getuser()


def kubeconfig(admin: dict[str, Any], part: Slice, user: str, issued: Issued) -> dict[str, Any]:
    """Return a kubeconfig that leads where the administrator's does, with nothing of the administrator's in it."""
    (context,) = [one["context"] for one in admin["contexts"] if one["name"] == admin["current-context"]]
    (cluster,) = [one["cluster"] for one in admin["clusters"] if one["name"] == context["cluster"]]
    public = {key: cluster[key] for key in ("server", "certificate-authority-data")}
    own = {"client-certificate-data": _coded(issued.certificate), "client-key-data": _coded(issued.key)}
    chosen = {"cluster": part.name, "user": user, "namespace": part.namespace}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": part.name, "cluster": public}],
        "users": [{"name": user, "user": own}],
        "contexts": [{"name": part.name, "context": chosen}],
        "current-context": part.name,
    }


def _bound(client: KubeClient, folder: SiteFolder, part: Slice, role: TenantRole) -> None:
    """Raise MecctlError unless the role is bound in the slice's namespace: the certificate would open nothing."""
    try:
        client.get("rbac.authorization.k8s.io/v1", "RoleBinding", cluster_role(role), part.namespace)
    except KubeError as error:
        if error.status != 404:
            raise
        raise MecctlError(
            f"slice {part.name} has no role {role} on the cluster yet",
            where=folder.site.name,
            fix=f"mecctl site up {folder.site.name}",
        ) from error


def _coded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
