#!/usr/bin/python
"""Give a node other certificates or tokens in place of those that it has, while what runs there runs on."""

from __future__ import annotations

DOCUMENTATION = r"""
module: renew
short_description: Renew a node's certificates or tokens
description:
  - One part of a rotation on one node; playbooks/certs.yml and tokens.yml have the order.
  - Each part may be run again after it was broken off.
options:
  part:
    description:
      - server-certs and kubelet-certs renew those of kubeadm; the second needs join_token and join_ca.
      - shown-certs waits for the kubelet's serving certificate.
      - k3s-certs renews those of K3s.
      - k3s-new-tokens makes them on the first server, which returns them; k3s-server-tokens and k3s-agent-token take
        what that returned, k3s-agents-token reads what agents are to be given.
    type: str
    choices:
      - server-certs
      - kubelet-certs
      - shown-certs
      - k3s-certs
      - k3s-new-tokens
      - k3s-server-tokens
      - k3s-agents-token
      - k3s-agent-token
    required: true
  name:
    description: The node's name in its cluster.
    type: str
    default: ""
  version:
    description: The version of Kubernetes.
    type: str
    default: ""
  server:
    description: Whether the node is a server.
    type: bool
    default: false
  first:
    description: Whether it is the first one.
    type: bool
    default: false
  secrets:
    description: Values that only this run knows, by name.
    type: dict
    default: {}
attributes:
  check_mode:
    support: none
author:
  - mecctl contributors
"""

EXAMPLES = r"""
- name: Renew the certificates of a server
  renew: {part: server-certs, name: edge-1, version: v1.36.3}
"""

RETURN = r"""
changes:
  description: What was changed.
  returned: always
  type: list
  elements: dict
  sample: [{subject: control plane, action: replace, reason: "etcd, kube-apiserver started anew"}]
secrets:
  description: What other nodes are to be given. Such a task needs no_log.
  returned: for k3s-new-tokens and k3s-agents-token
  type: dict
"""

from typing import TYPE_CHECKING

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.mecctl import k3srotation, kubeletcerts, renewal
from ansible.module_utils.mecctl.hold import hold
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

MAKING = {
    "k3s-new-tokens": k3srotation.new_tokens,
    "k3s-agents-token": lambda: {"join_token": k3srotation.agents_token()},
}
CHANGING: dict[str, Callable[[dict[str, Any], dict[str, str]], Iterator[dict[str, str]]]] = {
    "server-certs": lambda given, _: renewal.renew_server(given["name"], given["version"]),
    "kubelet-certs": lambda _, known: kubeletcerts.ask_anew(known["join_token"], known["join_ca"]),
    "shown-certs": lambda *_: kubeletcerts.await_shown(),
    "k3s-certs": lambda given, _: k3srotation.renew(server=given["server"]),
    "k3s-server-tokens": lambda given, known: k3srotation.take_server_tokens(known, first=given["first"]),
    "k3s-agent-token": lambda _, known: k3srotation.take_agent_token(known["join_token"]),
}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "part": {"type": "str", "choices": [*CHANGING, *MAKING], "required": True},
            "name": {"type": "str", "default": ""},
            "version": {"type": "str", "default": ""},
            "server": {"type": "bool", "default": False},
            "first": {"type": "bool", "default": False},
            "secrets": {"type": "dict", "default": {}, "no_log": True},
        }
    )
    given, changes = module.params, []
    made: dict[str, str] = {}
    try:
        with hold():
            if given["part"] in MAKING:
                made = MAKING[given["part"]]()
            else:
                for change in CHANGING[given["part"]](given, given["secrets"]):
                    changes.append(change)
    except NodeError as failure:
        said = {"where": failure.where, "why": failure.why, "fix": failure.fix}
        module.fail_json(msg=failure.what, changed=bool(changes), changes=changes, **said)
    module.exit_json(changed=bool(changes), changes=changes, secrets=made)


if __name__ == "__main__":
    main()
