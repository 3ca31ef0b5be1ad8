"""Functions of providers that a program may call: reading YAML and looking up a resource, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from mecctl.engine.objects.values import Properties, reveal
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.engine.state import Resource


def invoke(name: str, arguments: Properties, find: Callable[[str], Resource | None]) -> Properties:
    """Call the function `name`; `find` looks up a resource of this run by its URN. Raises MecctlError."""
    if name == "kubernetes:yaml:decode":
        return {"result": _decode(reveal(arguments))}
    if name == "pulumi:pulumi:getResource":
        return _resource(reveal(arguments["urn"]), find)
    raise MecctlError(
        f"the program calls {name}, which the engine doesn't have", fix="run the program with engine: pulumi"
    )


def _decode(arguments: Properties) -> list[Properties]:
    """Read a stream of manifests, leaving out what says no kind (pulumi-kubernetes, invoke_decode_yaml.go)."""
    try:
        found = list(yaml.load_all(arguments["text"], _Manifests))
    except yaml.YAMLError as error:
        raise MecctlError("the program reads YAML that is broken", why=str(error)) from error
    for document in found:
        if document is not None and not isinstance(document, dict):
            raise MecctlError(f"the program reads YAML that is no Kubernetes object but {document!r}")
    return [document for document in found if document and document.get("kind") and document.get("apiVersion")]


def _resource(urn: str, find: Callable[[str], Resource | None]) -> Properties:
    resource = find(urn)
    if resource is None:
        raise MecctlError(f"the program refers to the resource {urn}, which this run of it doesn't have")
    state = {key: value for key, value in resource.outputs.items() if not key.startswith("__")}
    return {"urn": urn, "id": resource.id, "state": state}


class _Manifests(yaml.SafeLoader):
    """YAML as Kubernetes reads it: what looks like a date is text."""


_Manifests.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
