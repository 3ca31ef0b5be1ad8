"""Serving certificates of kubelets: Kubernetes signs them, but leaves it to the cluster to say which.

kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping, "Certificate rotation"
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from guard import der
from guard.api import ApiError

if TYPE_CHECKING:
    from guard.api import Api, Object

REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
SIGNER = "kubernetes.io/kubelet-serving"
PREFIX, GROUP = "system:node:", "system:nodes"


def approve(api: Api, request: Object) -> bool:
    """Approve a kubelet's request for its own node; tell whether it was. Raises ApiError for one that isn't its own.

    One that nobody approved stays where it is, and is looked at again when the list is read anew.
    """
    spec = request["spec"]
    if spec["signerName"] != SIGNER or request.get("status", {}).get("conditions") or request.get("deleted"):
        return False
    name = request["metadata"]["name"]
    if fault := _fault(api, spec):
        raise ApiError(f"the certificate request {name} of {spec.get('username')} isn't approved: {fault}")
    said = {"type": "Approved", "status": "True", "reason": "OwnNode", "message": "asks for its own node's names only"}
    approved = {k: v for k, v in request.items() if k != "deleted"} | {"status": {"conditions": [said]}}
    api.request("PUT", f"{REQUESTS}/{name}/approval", approved)
    return True


def _fault(api: Api, spec: Object) -> str:
    """What speaks against a request; empty if nothing does."""
    user = spec.get("username", "")
    if not user.startswith(PREFIX) or GROUP not in spec.get("groups", []):
        return "it doesn't come from a kubelet"
    try:
        asked = der.parse(base64.b64decode(spec["request"]))
    except ValueError as error:
        return str(error)
    if (asked.common_name, asked.organizations) != (user, (GROUP,)):
        return f"it is for {asked.common_name} of {', '.join(asked.organizations)}"
    node = api.request("GET", f"/api/v1/nodes/{user.removeprefix(PREFIX)}")
    own = {one["address"] for one in node["status"].get("addresses", [])}
    foreign = (asked.names | asked.addresses) - own
    return f"{', '.join(sorted(foreign))} isn't an address of that node" if foreign else ""
