"""The site's workloads, each in the namespace of its slice."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site
from stacks.components.environment import Environment, EnvironmentArgs
from stacks.components.outside import Outside, OutsideArgs
from stacks.components.placement import reserved_pools
from stacks.components.workload import SliceWorkload, SliceWorkloadArgs

site = Site.model_validate_json(pulumi.Config().require("site"))
secrets = pulumi.Config().get_secret_object("secrets")
versions = pulumi.Config().get_object("versions") or {}

for workload in site.workloads:
    part = site.slice(workload.slice)
    env = None
    if secrets is not None and workload.secret_env:
        args = EnvironmentArgs(workload, part.namespace, secrets, versions[workload.name])
        env = Environment(f"{workload.name}-env", args)
    SliceWorkload(workload.name, SliceWorkloadArgs(workload, part, reserved_pools(part, site.slices), env))
    if workload.outside and workload.ports:
        Outside(f"{workload.name}-outside", OutsideArgs(workload, part.namespace))
