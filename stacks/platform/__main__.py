"""What every site has before any slice: closed namespaces, operators, DNS where none is bundled, and a guard."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site
from mecctl.model.images import python_image
from stacks.components.bundleddns import BundledDns
from stacks.components.dns import ClusterDns, ClusterDnsArgs
from stacks.components.guard import Guard, GuardArgs
from stacks.components.kubesystem import KubeSystem
from stacks.components.names import inside
from stacks.components.nameserver import NameServer, NameServerArgs, serves_outside
from stacks.components.system import SystemNamespaces, SystemNamespacesArgs
from stacks.components.tenancy import Operators

site = Site.model_validate_json(pulumi.Config().require("site"))

system = SystemNamespaces("system", SystemNamespacesArgs())
if site.kubernetes.oidc and site.kubernetes.oidc.admin_groups:
    Operators("operators", site.kubernetes.oidc)
if site.kubernetes.distribution == "kubeadm":
    network = site.kubernetes.network
    ClusterDns(
        "dns", ClusterDnsArgs(network.service_cidr, isolated=site.spec.lab is not None, names=tuple(inside(site)))
    )
elif site.discovery:
    BundledDns("dns", inside(site))
if site.kubernetes.hardening == "cis":
    KubeSystem("kube-system", bundled=site.kubernetes.distribution == "k3s")
    Guard("guard", GuardArgs(system.namespace, python_image(site)))
if serves_outside(site):
    NameServer("nameserver", NameServerArgs(site))
