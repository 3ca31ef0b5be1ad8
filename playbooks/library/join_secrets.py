#!/usr/bin/python
"""On a server: make or read what other nodes need to join its cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: join_secrets
short_description: Make or read what other nodes need to join a cluster
description:
  - For kubeadm, makes a token that lives 15 minutes, and hands out the CA by which a joining node knows the cluster.
  - For K3s, reads the token of this server, which holds the CA's hash.
  - Node objects that earlier joins of the same names left behind are deleted; a node that joins can't be running pods.
  - Call it with no_log; what it returns is secret.
options:
  distribution:
    description: Who made the cluster.
    type: str
    choices: [kubeadm, k3s]
    required: true
  joining:
    description: The names of the nodes that are to join.
    type: list
    elements: str
    default: []
  servers:
    description: Whether they join as servers.
    type: bool
    default: false
attributes:
  check_mode:
    support: none
author:
  - mecctl contributors
"""

EXAMPLES = r"""
- name: Ask for a token
  join_secrets: {distribution: kubeadm, joining: [edge-2]}
  no_log: true
  register: answer
"""

RETURN = r"""
secrets:
  description: For kubeadm join_token, join_ca (PEM) and, for servers, join_certificate_key; for K3s join_token and,
      for servers, join_agent_token.
  returned: success
  type: dict
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.mecctl import kube, tokens
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import NodeError

ADMIN = Path("/etc/kubernetes/admin.conf")
CA = Path("/etc/kubernetes/pki/ca.crt")
K3S = Path("/var/lib/rancher/k3s/server")
K3S_ADMIN = Path("/etc/rancher/k3s/k3s.yaml")
AGENT_TOKEN = Path("/etc/rancher/k3s/agent-token")


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "distribution": {"type": "str", "choices": ["kubeadm", "k3s"], "required": True},
            "joining": {"type": "list", "elements": "str", "default": []},
            "servers": {"type": "bool", "default": False},
        }
    )
    try:
        secrets = _kubeadm(module.params) if module.params["distribution"] == "kubeadm" else _k3s(module.params)
    except NodeError as failure:
        module.fail_json(msg=failure.what, where=failure.where, why=failure.why, fix=failure.fix)
    module.exit_json(changed=False, secrets=secrets)


def _kubeadm(params: dict[str, Any]) -> dict[str, str]:
    api = kube.Api(ADMIN)
    api.wait("/readyz", 90)
    _forget(api, params["joining"])
    secrets = {"join_token": tokens.make(api), "join_ca": CA.read_text()}
    if params["servers"]:
        shown = run(["kubeadm", "init", "phase", "upload-certs", "--upload-certs"])
        secrets["join_certificate_key"] = shown.out.split()[-1]
    return secrets


def _k3s(params: dict[str, Any]) -> dict[str, str]:
    path = K3S / ("token" if params["servers"] else "agent-token")
    if not path.exists():
        raise NodeError("the server has no token yet", where=str(path), fix="on the node: journalctl -u k3s")
    api = kube.Api(K3S_ADMIN)
    api.wait("/readyz", 90)
    _forget(api, params["joining"])
    secrets = {"join_token": path.read_text().strip()}
    if params["servers"]:
        secrets["join_agent_token"] = AGENT_TOKEN.read_text().strip()
    return secrets


def _forget(api: kube.Api, names: list[str]) -> None:
    """Take away what earlier lives of these nodes left: a ready-looking Node stops kubeadm, a password stops K3s."""
    for name in names:
        api.request("DELETE", f"/api/v1/nodes/{name}")
        api.request("DELETE", f"/api/v1/namespaces/kube-system/secrets/{name}.node-password.k3s")


if __name__ == "__main__":
    main()
