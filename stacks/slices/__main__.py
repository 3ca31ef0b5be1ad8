"""The site's network slices: classes, roles and rules of all, each with its walls; openings; the agent for rates."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site, is_tended
from stacks.components.admission import SliceAdmission
from stacks.components.internet import Internet, InternetArgs, not_internet
from stacks.components.labels import priority_class
from stacks.components.networkslice import NetworkSlice, NetworkSliceArgs
from stacks.components.openings import Opening, OpeningArgs, opened
from stacks.components.priority import Priority, PriorityArgs
from stacks.components.sliceagent import SliceAgent, SliceAgentArgs
from stacks.components.tenancy import TenantRoles

site = Site.model_validate_json(pulumi.Config().require("site"))

for qos in {part.qos.five_qi: part.qos for part in site.slices if part.qos}.values():
    Priority(priority_class(qos), PriorityArgs(qos))

guards = (SliceAdmission("slice-admission"), TenantRoles("tenant-roles"))
slices = {part.name: NetworkSliceArgs(part, site.kubernetes.oidc, guards) for part in site.slices}
namespaces = {name: NetworkSlice(name, args).namespace for name, args in slices.items()}

for part in site.slices:
    if "internet" in part.data_network_access:
        Internet(f"{part.name}-internet", InternetArgs(namespaces[part.name], not_internet(site)))

if any(is_tended(site, part) for part in site.slices):
    SliceAgent("slice-agent", SliceAgentArgs(site))

for source, workload, ports in opened(site):
    way = OpeningArgs(source, workload, ports, namespaces[source], namespaces[workload.slice])
    Opening(f"{source}/{workload.name}", way)

pulumi.export("namespaces", namespaces)
