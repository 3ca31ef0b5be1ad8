"""The name servers for clients outside the site: CoreDNS on the nodes' own addresses, one on each node that serves.

They are apart from the cluster's own DNS, so what comes from outside can't slow that. The zone files they answer from
are written by the program of nameserver/, which follows which nodes have ready pods; CoreDNS itself gets no access to
the API. Port 53 of the node's own network needs a capability that no Pod Security level but `privileged` allows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes.apps.v1 import DaemonSet
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, ServiceAccount

from mecctl.model import name_servers
from mecctl.model.images import python_image
from stacks.components.dns import COREDNS_IMAGE
from stacks.components.isolation import Isolation, IsolationArgs
from stacks.components.labels import MANAGED, pod_security
from stacks.components.names import block, found, names_of, one_of, stub, zones
from stacks.components.probes import PATIENT
from stacks.components.rights import rights
from stacks.components.shipped import shipped, told_apart

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, PodSpecArgsDict, SecurityContextArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict
    from pulumi_kubernetes.rbac.v1 import PolicyRuleArgsDict

    from mecctl.model import Site

NAMESPACE, NAME = "mecctl-names", "name-server"
_LABELS = {"app.kubernetes.io/name": NAME}
_ZONES = "/zones"
# Which Services have which ports, and which nodes have pods of theirs.
_RULES: list[PolicyRuleArgsDict] = [
    {"api_groups": [""], "resources": ["services"], "verbs": ["list"]},
    {"api_groups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list"]},
]


@dataclass(frozen=True)
class NameServerArgs:
    """The site with all its workloads."""

    site: Site


def serves_outside(site: Site) -> bool:
    """Tell whether any node answers clients outside."""
    return bool(name_servers(site))


def settings(site: Site) -> str:
    """Return what nameserver/ is told: the zones, and for each name in them its Service and its seconds."""
    told = {
        name: {"namespace": site.slice(work.slice).namespace, "service": f"{work.name}-outside", "ttl": ttl}
        for work in found(site)
        if work.outside
        for name, ttl in names_of(site, work).items()
    }
    nodes = {node.name: str(node.address) for node in site.nodes}
    servers = [str(node.address) for node in name_servers(site)]
    return json.dumps({"zones": zones(site), "names": told, "nodes": nodes, "servers": servers}, sort_keys=True)


def corefile(site: Site) -> str:
    """Return the Corefile: own names to whom each is for, peers' names to all of these but peers, else REFUSED."""
    listen = "bind {$ADDRESS}"
    ways = [
        f"({_from(list(work.outside))} and ({one_of(names_of(site, work))}))" for work in found(site) if work.outside
    ]
    blocks: list[str] = []
    for zone in zones(site):
        view = ["view clients {", f"    expr {' or '.join(ways)}", "}"]
        blocks += block(f"{zone}:53", [listen, "errors", f"file {_ZONES}/{zone} {{", "    reload 500ms", "}", *view])
    anybody = list(dict.fromkeys(one for work in site.workloads for one in work.outside))
    # A question that a peer passed on goes no further, so sites that name each other in a ring make no ring of it.
    peers = [f"{address}/32" for peer in site.spec.peers for address in peer.addresses]
    for peer in site.spec.peers:
        blocks += stub(peer, listen, "view clients {", f"    expr {_from(anybody)} and not {_from(peers)}", "}")
    nobody = [listen, "errors", "template ANY ANY . {", "    rcode REFUSED", "}"]
    return "\n".join([*blocks, *block(".:53", nobody), ""])


class NameServer(pulumi.ComponentResource):
    """The DaemonSet `name-server` of namespace mecctl-names, with all it needs."""

    def __init__(self, name: str, args: NameServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mecctl:stacks:NameServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = {**MANAGED, **pod_security("privileged")}
        home = Namespace(f"{name}-namespace", metadata={"name": NAMESPACE, "labels": labels}, opts=child)
        namespace = home.metadata.name
        Isolation(f"{name}-isolation", IsolationArgs(namespace, inside=False), child)
        site, own, api = args.site, shipped("nameserver"), shipped("guard", "__init__.py", "api.py")
        config = {"Corefile": corefile(site), "settings.json": settings(site)}
        account: ObjectMetaArgsDict = {"name": NAME, "namespace": namespace, "labels": MANAGED}
        needed: list[pulumi.Resource] = [
            ServiceAccount(f"{name}-account", metadata=account, opts=child),
            *rights(name, NAME, namespace, _RULES, child),
        ]
        for part, files in (("", own.files), ("-api", api.files), ("-config", config)):
            about: ObjectMetaArgsDict = {"name": f"{NAME}{part}", "namespace": namespace, "labels": MANAGED}
            needed.append(ConfigMap(f"{name}{part or '-code'}", metadata=about, data=files, opts=child))
        told = told_apart([own.files, api.files, config])
        DaemonSet(
            f"{name}-nodes",
            metadata={"name": NAME, "namespace": namespace, "labels": {**MANAGED, **_LABELS}},
            spec={
                "selector": {"match_labels": _LABELS},
                "template": {
                    "metadata": {"labels": {**MANAGED, **_LABELS}, "annotations": told},
                    "spec": _pod(site),
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.register_outputs({})


def _from(ranges: list[str]) -> str:
    return "(" + (" or ".join(f"incidr(client_ip(), '{one}')" for one in ranges) or "false") + ")"


def _pod(site: Site) -> PodSpecArgsDict:
    served = [node.name for node in name_servers(site)]
    return {
        "service_account_name": NAME,
        "host_network": True,
        "dns_policy": "Default",
        "enable_service_links": False,
        "priority_class_name": "system-cluster-critical",
        "termination_grace_period_seconds": 1,
        "tolerations": [{"operator": "Exists"}],
        "affinity": {
            "node_affinity": {
                "required_during_scheduling_ignored_during_execution": {
                    "node_selector_terms": [
                        {"match_expressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": served}]}
                    ]
                }
            }
        },
        "security_context": {"fs_group": 65532, "seccomp_profile": {"type": "RuntimeDefault"}},
        "containers": [_answering(), _following(site)],
        "volumes": [
            {"name": "code", "config_map": {"name": NAME}},
            {"name": "api", "config_map": {"name": f"{NAME}-api"}},
            {"name": "config", "config_map": {"name": f"{NAME}-config"}},
            {"name": "zones", "empty_dir": {"medium": "Memory", "size_limit": "8Mi"}},
        ],
    }


def _answering() -> ContainerArgsDict:
    return {
        "name": "coredns",
        "image": COREDNS_IMAGE,
        "image_pull_policy": "IfNotPresent",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "env": [{"name": "ADDRESS", "value_from": {"field_ref": {"field_path": "status.hostIP"}}}],
        "volume_mounts": [
            {"name": "config", "mount_path": "/etc/coredns", "read_only": True},
            {"name": "zones", "mount_path": _ZONES, "read_only": True},
        ],
        "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        # Root without any right but this one: on the node's own network no sysctl of the pod's can open port 53.
        "security_context": {
            **_confined(),
            "run_as_user": 0,
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        },
        "readiness_probe": {"tcp_socket": {"port": 53}, "period_seconds": 2, "failure_threshold": 2},
        "liveness_probe": {"tcp_socket": {"port": 53}, "period_seconds": 10, "failure_threshold": 3},
    }


def _following(site: Site) -> ContainerArgsDict:
    return {
        "name": "zones",
        "image": python_image(site),
        "image_pull_policy": "IfNotPresent",
        "command": ["python3", "-BIS", "/opt/nameserver"],
        "volume_mounts": [
            {"name": "code", "mount_path": "/opt/nameserver", "read_only": True},
            {"name": "api", "mount_path": "/opt/guard", "read_only": True},
            {"name": "config", "mount_path": "/etc/coredns", "read_only": True},
            {"name": "zones", "mount_path": _ZONES},
        ],
        "resources": {"requests": {"cpu": "10m", "memory": "24Mi"}, "limits": {"memory": "64Mi"}},
        "security_context": {**_confined(), "run_as_user": 65532, "run_as_group": 65532, "run_as_non_root": True},
        # Whether the first files are there: before, CoreDNS has nothing to answer from. Once they are they stay, and to
        # run a program in a container costs 0.15 CPU-seconds.
        "startup_probe": {
            "exec_": {"command": ["test", "-e", f"{_ZONES}/ready"]},
            "period_seconds": 1,
            "failure_threshold": PATIENT,
        },
    }


def _confined() -> SecurityContextArgsDict:
    return {
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
