"""Pulumi's names of resources: `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`.

The chain of types leaves out the stack's own (https://www.pulumi.com/docs/iac/concepts/resources/names/).
"""

from __future__ import annotations

import hashlib

STACK_TYPE = "pulumi:pulumi:Stack"


def make(stack: str, project: str, type_: str, name: str, parent: str = "") -> str:
    """Return the URN of a resource under `parent` (a URN, or empty)."""
    above = types(parent) if parent else ""
    chain = f"{above}${type_}" if above and above != STACK_TYPE else type_
    return f"urn:pulumi:{stack}::{project}::{chain}::{name}"


def types(urn: str) -> str:
    """Return the chain of types of a URN, for example `a:b:C$kubernetes:core/v1:ConfigMap`."""
    return urn.split("::", 3)[2]


def name(urn: str) -> str:
    """Return the name a program gave to the resource."""
    return urn.split("::", 3)[3]


def automatic(name: str, urn: str, replaced: str = "") -> str:
    """Return a name for an object that the program didn't name: `<name>-<8 hex>`.

    It follows from the URN (and the id of the object it replaces), so that a preview tells the name that `up` gives,
    and a lost state finds its objects again.
    """
    return f"{name}-{hashlib.sha256(f'{urn} {replaced}'.encode()).hexdigest()[:8]}"
