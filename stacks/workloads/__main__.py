"""The site's workloads, each in the namespace of its slice."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site
from stacks.components.placement import reserved_pools
from stacks.components.workload import SliceWorkload, SliceWorkloadArgs

site = Site.model_validate_json(pulumi.Config().require("site"))

for workload in site.workloads:
    part = site.slice(workload.slice)
    SliceWorkload(workload.name, SliceWorkloadArgs(workload, part, reserved_pools(part, site.slices)))
