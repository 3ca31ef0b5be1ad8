"""Runs a program under Pulumi's own mocks and keeps every Kubernetes object it asks for."""

import runpy
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.config import set_all_config

from mecctl.cluster.stacks import programs
from mecctl.model import Site
from mecctl.resources import resource


class Recorder(mocks.Mocks):
    """Gives every resource its inputs back, and remembers the Kubernetes ones as (type, inputs)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def new_resource(self, args):
        if args.custom:
            self.seen.append((args.typ.rpartition(":")[2], args.inputs))
        return args.name, args.inputs

    def call(self, args):
        raise AssertionError(f"no program asks the provider anything, but {args.token}")

    def find(self, kind: str, name: str | None = None, namespace: str | None = None) -> Any:
        """Return the only object of a kind, name and namespace."""
        found = [
            spec
            for typ, spec in self.seen
            if typ == kind
            and name in (None, spec["metadata"]["name"])
            and namespace in (None, spec["metadata"].get("namespace"))
        ]
        assert len(found) == 1, f"{kind} {namespace}/{name}: {len(found)} of them"
        return found[0]

    def names(self, kind: str) -> set[str]:
        return {f"{s['metadata'].get('namespace', '')}/{s['metadata']['name']}" for typ, s in self.seen if typ == kind}


def recording(project: str = "test") -> Recorder:
    """Make the mocks current for the components that are built next."""
    recorder = Recorder()
    mocks.set_mocks(recorder, project=project, stack="test")
    return recorder


def render(program: str, site: Site, secrets: dict[str, str] | None = None) -> Recorder:
    """Run one of the projects under stacks/ for a site."""
    recorder = recording(program)
    made = next(one for one in programs(site, secrets, "key") if one.project == program)
    set_all_config(dict(made.config), list(made.secrets))

    main = str(resource("stacks") / program / "__main__.py")
    finish: Any = pulumi.runtime.test
    finish(lambda: runpy.run_path(main, run_name="__main__") and None)()
    return recorder


def site(**spec: Any) -> Site:
    """Return a small site: one server, one agent, and the parts of `spec` (site.yaml's keys)."""
    whole = {
        "access": {"privateKey": "key"},
        "nodes": [
            {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]},
            {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"]},
        ],
        "kubernetes": {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}},
        **spec,
    }
    return Site.model_validate({"apiVersion": "mecctl/v1", "kind": "Site", "metadata": {"name": "lab"}, "spec": whole})


VIDEO = {
    "name": "video",
    "snssai": {"sst": 1, "sd": "0000A1"},
    "qos": {"fiveQI": 7},
    "quota": {"cpu": "2", "memory": "2Gi", "pods": 20},
}
URLLC = {"name": "urllc", "snssai": {"sst": 2}, "qos": {"fiveQI": 82}}
CACHE = {"name": "cache", "slice": "video", "image": "mecctl.io/web:1", "replicas": 2, "ports": [8080, 9090]}
CONTROL = {"name": "control", "slice": "urllc", "image": "mecctl.io/web:1", "ports": [8080]}
OPENING = {"from": {"slice": "urllc"}, "to": {"slice": "video", "workload": "cache", "ports": [8080]}}


def full_site() -> Site:
    """Return a site with two slices, a workload in each and one opening."""
    return site(slices=[VIDEO, URLLC], workloads=[CACHE, CONTROL], policies=[OPENING], lab={})
