"""The site's network slices with their priority classes, the openings between them, and the agent for their rates."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site, is_tended
from stacks.components.internet import Internet, InternetArgs, not_internet
from stacks.components.labels import priority_class
from stacks.components.networkslice import NetworkSlice, NetworkSliceArgs
from stacks.components.openings import Opening, OpeningArgs, opened
from stacks.components.priority import Priority, PriorityArgs
from stacks.components.sliceagent import SliceAgent, SliceAgentArgs

site = Site.model_validate_json(pulumi.Config().require("site"))

for qos in {part.qos.five_qi: part.qos for part in site.slices if part.qos}.values():
    Priority(priority_class(qos), PriorityArgs(qos))

namespaces = {part.name: NetworkSlice(part.name, NetworkSliceArgs(part)).namespace for part in site.slices}

for part in site.slices:
    if "internet" in part.data_network_access:
        Internet(f"{part.name}-internet", InternetArgs(namespaces[part.name], not_internet(site)))

if any(is_tended(site, part) for part in site.slices):
    SliceAgent("slice-agent", SliceAgentArgs(site))

for source, workload, ports in opened(site):
    way = OpeningArgs(source, workload.name, ports, namespaces[source], namespaces[workload.slice])
    Opening(f"{source}/{workload.name}", way)

pulumi.export("namespaces", namespaces)
