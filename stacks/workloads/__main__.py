"""The site's workloads, each in the namespace of its slice."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mecctl.model import Site
from mecctl.model.service import first, in_order
from stacks.components.carrier import Carrier
from stacks.components.environment import Environment, EnvironmentArgs
from stacks.components.files import Files, FilesArgs
from stacks.components.gate import Gate
from stacks.components.machine import MachineRunner
from stacks.components.outside import Outside, OutsideArgs
from stacks.components.placement import near_nodes, reserved_pools
from stacks.components.workload import SliceWorkload, SliceWorkloadArgs

site = Site.model_validate_json(pulumi.Config().require("site"))
secrets = pulumi.Config().get_secret_object("secrets")
versions = pulumi.Config().get_object("versions") or {}

made: dict[str, SliceWorkload] = {}
for workload in in_order(site.workloads):
    part = site.slice(workload.slice)
    env = files = None
    if secrets is not None and workload.secret_env:
        env = Environment(f"{workload.name}-env", EnvironmentArgs(workload, part.namespace, secrets))
    if workload.files:
        files = Files(f"{workload.name}-files", FilesArgs(workload, part.namespace, secrets))
    reserved, version, near = reserved_pools(part, site.slices), versions.get(workload.name), near_nodes(workload, site)
    _, runner, carrier = Gate.of(site, workload), MachineRunner.of(site, workload), Carrier.of(site, workload)
    args = SliceWorkloadArgs(workload, part, reserved, env, files, version, near, runner, carrier)
    # What a workload requires serves before it starts.
    after = pulumi.ResourceOptions(depends_on=[made[name] for name in first(workload, site.workloads)])
    made[workload.name] = SliceWorkload(workload.name, args, after)
    if workload.outside and workload.ports:
        Outside(f"{workload.name}-outside", OutsideArgs(workload, part.namespace))
