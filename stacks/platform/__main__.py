"""What every site has before any slice: closed namespaces, operators, and DNS where the distribution brings none."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site
from stacks.components.dns import ClusterDns, ClusterDnsArgs
from stacks.components.system import SystemNamespaces, SystemNamespacesArgs
from stacks.components.tenancy import Operators

site = Site.model_validate_json(pulumi.Config().require("site"))

SystemNamespaces("system", SystemNamespacesArgs())
if site.kubernetes.oidc and site.kubernetes.oidc.admin_groups:
    Operators("operators", site.kubernetes.oidc)
if site.kubernetes.distribution == "kubeadm":
    network = site.kubernetes.network
    ClusterDns("dns", ClusterDnsArgs(network.service_cidr, isolated=site.spec.lab is not None))
