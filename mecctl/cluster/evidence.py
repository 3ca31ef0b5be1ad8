"""Evidence from the cluster: its objects as they are, and each kubelet's configuration as it runs. Reads only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mecctl.cluster.health import connect
from mecctl.engine.kube import KubeError
from mecctl.errors import UnreachableError

if TYPE_CHECKING:
    from mecctl.engine.kube import KubeClient
    from mecctl.sitefile import SiteFolder

Evidence = dict[str, Any]

KINDS = (
    ("v1", "Namespace"),
    ("v1", "Node"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("v1", "ConfigMap"),
    ("v1", "LimitRange"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "CronJob"),
    ("batch/v1", "Job"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("networking.k8s.io/v1", "IngressClass"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("certificates.k8s.io/v1", "CertificateSigningRequest"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
)
TOKENS = {"account": "kubernetes.io/service-account-token", "bootstrap": "bootstrap.kubernetes.io/token"}
"""Types of Secrets that let somebody in. Of Secrets only names are asked for, never what is in them."""

_NAMES_ONLY = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}


def gather(folder: SiteFolder) -> Evidence:
    """Return `{version, objects: {kind: [object]}, kubelets: {node: configuration | {error}}, tokens: {type: [name]}}`.

    Raises UnreachableError when the site has no cluster, or none that answers.
    """
    with connect(folder.state / "kubeconfig", folder.site) as client:
        version = client.request("GET", "/version")["gitVersion"]
        objects = {kind: _objects(client, api_version, kind) for api_version, kind in KINDS}
        names = [node["metadata"]["name"] for node in objects["Node"]]
        with ThreadPoolExecutor(min(16, len(names) or 1)) as pool:
            kubelets = dict(zip(names, pool.map(lambda name: _kubelet(client, name), names), strict=True))
        tokens = {name: _secrets(client, kind) for name, kind in TOKENS.items()}
    return {"version": version, "objects": objects, "kubelets": kubelets, "tokens": tokens}


def _objects(client: KubeClient, api_version: str, kind: str) -> list[Evidence]:
    found = client.list(api_version, kind)
    for one in found:
        one["metadata"].pop("managedFields", None)
    return found


def _kubelet(client: KubeClient, node: str) -> Evidence:
    """Return the KubeletConfiguration that a kubelet runs with, defaults filled in (its own /configz)."""
    try:
        found: Evidence = client.request("GET", f"/api/v1/nodes/{node}/proxy/configz")["kubeletconfig"]
    except (KubeError, UnreachableError) as error:  # the API answers here only if the machine does
        return {"error": str(error)}
    return found


def _secrets(client: KubeClient, kind: str) -> list[str]:
    params = {"fieldSelector": f"type={kind}"}
    found = client.request("GET", "/api/v1/secrets", params=params, headers=_NAMES_ONLY)["items"]
    return [f"{one['metadata']['namespace']}/{one['metadata']['name']}" for one in found or ()]
