"""What the engine tells the SDK that it can do.

An SDK refuses what isn't named here before the engine sees it. Newer SDKs ask for all at once, by number; older ones
for each, by the name that it has in the second column (pulumi/pulumi pkg/resource/deploy/source_eval.go).
"""

from __future__ import annotations

from pulumi.runtime.proto import resource_pb2

_KNOWN = {
    "SECRETS": "secrets",
    "RESOURCE_REFERENCES": "resourceReferences",
    "OUTPUT_VALUES": "outputValues",
    "ALIAS_SPECS": "aliasSpecs",
    "DELETED_WITH": "deletedWith",
    "TRANSFORMS": "transforms",
    "INVOKE_TRANSFORMS": "invokeTransforms",
    "RESOURCE_HOOKS": "resourceHooks",
    "INVOKE_DEPENDS_ON": "",
}


def numbers() -> list[resource_pb2.ResourceMonitorFeature.ValueType]:
    """Return the numbers of the features, as far as the SDK in use has one for them."""
    names = (f"RESOURCE_MONITOR_FEATURE_{name}" for name in _KNOWN)
    return [getattr(resource_pb2, name) for name in names if hasattr(resource_pb2, name)]


def supported(name: str) -> bool:
    """Whether the engine has the feature that an older SDK asks for."""
    return bool(name) and name in _KNOWN.values()
