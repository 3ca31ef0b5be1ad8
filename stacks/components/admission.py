"""What no object in a slice may ask for, whoever makes it: refused by the API server itself, in CEL, without a webhook.

Pod Security keeps pods from their node; these policies keep them from other slices' nodes and turns, keep doors past
the slice's NetworkPolicies shut, and credentials from outliving their time. They choose namespaces by the label that
makes one a slice, which only the cluster's administrators can set, and learn all else from the namespace: so they are
in force before a new slice is there. kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

from mecctl.model.placement import TAINT
from stacks.components.labels import MANAGED, PRIORITY_CLASS, SLICE

# A slice's namespace is `slice-` and its S-NSSAI, which is the value of its nodes' taint. What the API server itself
# adds to every pod are the two conditions of nodes; a server's taint is not to be tolerated either.
_TOLERATIONS = f"""\
!has(object.spec.tolerations) || object.spec.tolerations.all(t, has(t.key) && (
  t.key in ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] ||
  (t.key == '{TAINT}' && has(t.value) && 'slice-' + t.value == request.namespace)))"""
_CLASS = f"""\
!has(object.spec.priorityClassName) || object.spec.priorityClassName in
  ['', namespaceObject.metadata.labels[?'{PRIORITY_CLASS}'].orValue('')]"""
_NODE_NAME = "oldObject != null || !has(object.spec.nodeName) || object.spec.nodeName == ''"
# Who may change namespaces can take the label off that puts this in force, so the site's own Services lose nothing.
_TYPE = """\
!has(object.spec.type) || object.spec.type in ['ClusterIP', 'ExternalName'] ||
  (object.spec.type == 'NodePort' && authorizer.group('').resource('namespaces').check('update').allowed())"""
_ADDRESSES = "!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0"
_ENDING = "!has(object.type) || object.type != 'kubernetes.io/service-account-token'"


@dataclass(frozen=True)
class Rule:
    """What must hold (CEL) for an object to be admitted, and what is said where it doesn't."""

    holds: str
    message: str


POLICIES: dict[str, tuple[Rule, ...]] = {
    "pods": (
        Rule(_TOLERATIONS, f"a slice's pod tolerates no taint but {TAINT} of its own slice"),
        Rule(_CLASS, "a slice's pod has the priority class of its own slice's 5QI or none"),
        Rule(_NODE_NAME, "a slice's pod is given its node by the scheduler, so nodeName stays empty"),
    ),
    "services": (
        Rule(_TYPE, "a slice's Service is of type ClusterIP: a port on nodes is a door past the slice's policies"),
        Rule(_ADDRESSES, "a slice's Service has no externalIPs: they take traffic that is meant for others"),
    ),
    "secrets": (
        Rule(_ENDING, "a slice keeps no token of a service account that never ends; pods get theirs from the kubelet"),
    ),
}
"""By resource of the core API group."""


class SliceAdmission(pulumi.ComponentResource):
    """A ValidatingAdmissionPolicy and its binding, mecctl-slice-RESOURCE, for each of POLICIES."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:SliceAdmission", name, None, opts)
        for resource, rules in POLICIES.items():
            self._policy(f"{name}-{resource}", resource, rules)
        self.register_outputs({})

    def _policy(self, name: str, resource: str, rules: tuple[Rule, ...]) -> None:
        policy = ValidatingAdmissionPolicy(
            name,
            metadata={"name": f"mecctl-slice-{resource}", "labels": MANAGED},
            spec={
                "failure_policy": "Fail",
                "match_constraints": {
                    "namespace_selector": {"match_expressions": [{"key": SLICE, "operator": "Exists"}]},
                    "resource_rules": [
                        {
                            "api_groups": [""],
                            "api_versions": ["v1"],
                            "operations": ["CREATE", "UPDATE"],
                            "resources": [resource],
                        }
                    ],
                },
                "validations": [
                    {"expression": rule.holds, "message": rule.message, "reason": "Forbidden"} for rule in rules
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        ValidatingAdmissionPolicyBinding(
            f"{name}-binding",
            metadata={"name": f"mecctl-slice-{resource}", "labels": MANAGED},
            spec={"policy_name": policy.metadata.name, "validation_actions": ["Deny", "Audit"]},
            opts=pulumi.ResourceOptions(parent=self),
        )
