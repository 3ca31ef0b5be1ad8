"""Who set a field, read from managedFields as API servers write them."""

from typing import Any

import pytest

from mecctl.engine.objects.managed import setters

PORTS: dict[str, Any] = {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}, "f:name": {}}}
CONTAINERS = {'k:{"name":"main"}': {".": {}, "f:image": {}, "f:ports": {".": {}, **PORTS}}}
ENTRIES: list[dict[str, Any]] = [
    {"manager": "mecctl", "fieldsV1": {"f:spec": {"f:replicas": {}, "f:selector": {}, "f:containers": CONTAINERS}}},
    {"manager": "kubectl-edit", "fieldsV1": {"f:metadata": {"f:finalizers": {".": {}, 'v:"x"': {}}}}},
    {"manager": "hpa", "subresource": "scale", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
    {"manager": "other", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
]
LIVE = {
    "metadata": {"managedFields": ENTRIES, "finalizers": ["y", "x"]},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"a": "b"}},
        "containers": [
            {"name": "side", "image": "a"},
            {"name": "main", "image": "b", "ports": [{"containerPort": 80, "protocol": "TCP", "name": "http"}]},
        ],
    },
}


@pytest.mark.parametrize(
    ("path", "managers"),
    [
        (("spec", "replicas"), ("mecctl", "other")),
        (("spec", "selector", "matchLabels", "a"), ("mecctl",)),
        (("spec", "containers", 1, "image"), ("mecctl",)),
        (("spec", "containers", 1, "ports", 0, "name"), ("mecctl",)),
        (("spec", "containers", 0, "image"), ()),
        (("metadata", "finalizers", 1), ("kubectl-edit",)),
        (("metadata", "finalizers", 0), ()),
        (("spec", "gone"), ()),
    ],
)
def test_setters(path, managers):
    assert setters(LIVE, path) == managers
