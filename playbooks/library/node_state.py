#!/usr/bin/python
"""Bring a node to a declared state in one execution."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_state
short_description: Bring a node to a declared state in one execution
description:
  - Takes the states of any number of roles, plans all of them against the node, then makes what differs.
  - What check mode reports is exactly what a run then makes, because both follow the same plan.
  - Called through the action plugin of the same name, which gathers the roles' states and pushes missing artifacts.
options:
  states:
    description:
      - One mapping a role. Its keys are fixed, packages, modules, sysctls, users, directories, binaries, key_files,
        files, links, absent, modes, masked, sshd, units, images, kubeadm, objects, firewall and reset; each is
        described where it is planned, under
        module_utils/mecctl.
    type: list
    elements: dict
    required: true
  ensure:
    description: Make the states, or take off what they put there.
    type: str
    choices: [present, absent]
    default: present
  secrets:
    description: Values that only this run knows, such as a token to join with, by name.
    type: dict
    default: {}
  name:
    description: The node's name in its cluster.
    type: str
    default: ""
  cluster:
    description: The cluster (RV(cluster) of a server) that doesn't know this node, whatever the node believes.
    type: str
    default: ""
  user:
    description: Who may put missing artifacts into the inbox.
    type: str
    default: root
  store:
    description: The folder with artifacts, seed and the records.
    type: path
    default: /var/lib/mecctl
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
author:
  - mecctl contributors
"""

EXAMPLES = r"""
- name: Install a program and run it
  node_state:
    states:
      - binaries:
          - {sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, path: /usr/local/bin/agent}
        files:
          - {path: /etc/systemd/system/agent.service, content: "[Service]\nExecStart=/usr/local/bin/agent\n"}
        units:
          - {name: agent.service, restart_on: [/usr/local/bin/agent, /etc/systemd/system/agent.service]}
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: always
  type: list
  elements: dict
  sample: [{subject: "unit agent.service", action: restart, reason: "/usr/local/bin/agent is newer"}]
later:
  description: What waits for something that only another node can give.
  returned: always
  type: list
  elements: dict
missing:
  description: The sha256 of artifacts that must be put into the inbox first; nothing was changed.
  returned: always
  type: list
  elements: str
inbox:
  description: Where to put them.
  returned: when artifacts are missing
  type: str
members:
  description: The nodes that the cluster knows, of those whose labels this node keeps.
  returned: always
  type: list
  elements: str
cluster:
  description: What tells the cluster that this node trusts from others; empty for none.
  returned: always
  type: str
trial:
  description: For how many seconds a new packet filter is on trial, then the node undoes it; 0 for none.
  returned: always
  type: int
unknown:
  description: What can't be said before the other changes are made; empty when all is known.
  returned: always
  type: str
"""

from contextlib import nullcontext
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.mecctl import blobs
from ansible.module_utils.mecctl.converge import Result, converge
from ansible.module_utils.mecctl.hold import hold
from ansible.module_utils.mecctl.item import Context, NodeError
from ansible.module_utils.mecctl.kubeadm import ca
from ansible.module_utils.mecctl.reset import take_off
from ansible.module_utils.mecctl.signatures import Signatures


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "states": {"type": "list", "elements": "dict", "required": True},
            "ensure": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "secrets": {"type": "dict", "default": {}, "no_log": True},
            "name": {"type": "str", "default": ""},
            "cluster": {"type": "str", "default": ""},
            "user": {"type": "str", "default": "root"},
            "store": {"type": "path", "default": "/var/lib/mecctl"},
        },
        supports_check_mode=True,
    )
    store = Path(module.params["store"])
    context = Context(
        Signatures(store / "signatures.json"),
        store,
        module.params["secrets"],
        name=module.params["name"],
        cluster=module.params["cluster"],
    )
    result = Result()
    work = converge if module.params["ensure"] == "present" else take_off
    try:
        with nullcontext() if module.check_mode else hold():
            work(module.params["states"], context, result, check=module.check_mode)
            inbox = str(blobs.open_inbox(module.params["user"], context)) if result.missing else ""
    except NodeError as failure:
        said = {"where": failure.where, "why": failure.why, "fix": failure.fix}
        module.fail_json(msg=failure.what, changed=bool(result.changes), changes=result.changes, **said)
    module.exit_json(
        changed=bool(result.changes),
        changes=result.changes,
        later=result.later,
        missing=result.missing,
        inbox=inbox,
        members=result.asking.members,
        cluster=ca(),
        trial=context.trial,
        unknown=result.unknown,
        diff=[{"before_header": shown["header"], "after_header": shown["header"], **shown} for shown in result.diff],
    )


if __name__ == "__main__":
    main()
