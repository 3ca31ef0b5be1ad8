"""What can be read of sites that only a test writes: three nodes, two slices, a workload."""

from typing import Any

from mecctl.document import show
from mecctl.sitefile.view import View, view
from tests.stacks.rendering import site

SERVER = {"name": "edge-1", "address": "10.77.0.11", "roles": ["server"]}
AGENT = {"name": "edge-2", "address": "10.77.0.12", "roles": ["agent"]}
OTHER = {"name": "edge-3", "address": "10.77.0.13", "roles": ["agent"], "pool": "own"}
EMBB = {"name": "embb", "snssai": {"sst": 1}}
URLLC = {"name": "urllc", "snssai": {"sst": 2}}
CACHE = {"name": "cache", "slice": "embb", "image": "mecctl.io/web:1"}


def read(**spec: Any) -> View:
    """Return the view of a site of these parts, all of them valid."""
    made = site(**{"nodes": [SERVER, AGENT, OTHER], "slices": [EMBB, URLLC], "workloads": [CACHE], **spec})
    return view(made.model_dump(mode="json", by_alias=True), made)


def told(check: Any, **spec: Any) -> list[str]:
    """Return what a check finds, as `field: what; allowed`."""
    return [f"{show(found.place)}: {found.what}; {found.allowed}" for found in check(read(**spec))]


def rates(**ways: Any) -> dict[str, Any]:
    return {"throughput": ways}
