"""The site as frozen models: no I/O, no clock, no environment."""

from mecctl.model.demand import (
    DataNetworkAccess,
    Isolation,
    MissionCritical,
    MissionCriticalCapability,
    MissionCriticalService,
    Qos,
    Rate,
    SliceRate,
    SliceThroughput,
    Throughput,
)
from mecctl.model.discovery import Discovery, Peer, Record
from mecctl.model.file import ConfigFile
from mecctl.model.five_qi import FIVE_QI, FiveQI
from mecctl.model.k3s import K3s, Registries
from mecctl.model.kubernetes import API_PORT, Kubernetes, Network
from mecctl.model.line import Line
from mecctl.model.location import Location
from mecctl.model.machine import Machine
from mecctl.model.mobility import Mobility
from mecctl.model.nameserver import name_ports, name_servers
from mecctl.model.node import Access, Arch, Node, Role
from mecctl.model.oidc import Oidc
from mecctl.model.placement import barrier, owner, places
from mecctl.model.policy import Policy, PolicyPeer, PolicyTarget
from mecctl.model.port import Protocol, ServicePort
from mecctl.model.probe import HttpProbe, Probe, Probes, TcpProbe
from mecctl.model.scale import Scale
from mecctl.model.secret import Reference
from mecctl.model.site import KUBEVIRT, Lab, Machines, Metadata, Platform, Site, SiteSpec
from mecctl.model.slice import Quota, Slice
from mecctl.model.snssai import Snssai
from mecctl.model.storage import Storage
from mecctl.model.system import OpenPort, OperatingSystem
from mecctl.model.tenancy import TENANT_ROLES, TenantRole, cluster_role, parse_ttl, tenant_group
from mecctl.model.tending import is_shaped, is_tended, turn
from mecctl.model.workload import Resources, Workload

__all__ = [
    "API_PORT",
    "FIVE_QI",
    "KUBEVIRT",
    "TENANT_ROLES",
    "Access",
    "Arch",
    "ConfigFile",
    "DataNetworkAccess",
    "Discovery",
    "FiveQI",
    "HttpProbe",
    "Isolation",
    "K3s",
    "Kubernetes",
    "Lab",
    "Line",
    "Location",
    "Machine",
    "Machines",
    "Metadata",
    "MissionCritical",
    "MissionCriticalCapability",
    "MissionCriticalService",
    "Mobility",
    "Network",
    "Node",
    "Oidc",
    "OpenPort",
    "OperatingSystem",
    "Peer",
    "Platform",
    "Policy",
    "PolicyPeer",
    "PolicyTarget",
    "Probe",
    "Probes",
    "Protocol",
    "Qos",
    "Quota",
    "Rate",
    "Record",
    "Reference",
    "Registries",
    "Resources",
    "Role",
    "Scale",
    "ServicePort",
    "Site",
    "SiteSpec",
    "Slice",
    "SliceRate",
    "SliceThroughput",
    "Snssai",
    "Storage",
    "TcpProbe",
    "TenantRole",
    "Throughput",
    "Workload",
    "barrier",
    "cluster_role",
    "is_shaped",
    "is_tended",
    "name_ports",
    "name_servers",
    "owner",
    "parse_ttl",
    "places",
    "tenant_group",
    "turn",
]
