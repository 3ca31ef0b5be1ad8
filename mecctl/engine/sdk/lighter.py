"""What the SDK does for Pulumi's CLI alone, left out while a program runs here."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def _unheard(*_: object, **__: object) -> None:
    """Stand in for `pulumi.log.debug`: the SDK tells a dozen things a resource, and the engine shows none of them."""


def _nowhere() -> Any:  # noqa: ANN401 - a message that only the SDKs that ask for it have
    """Tell no line of the program that a resource comes from; the SDK looks up each frame, and no state keeps it."""
    return importlib.import_module("pulumi.runtime.proto.source_pb2").StackTrace()


_INSTEAD = {("pulumi.log", "debug"): _unheard, ("pulumi.runtime.resource", "_get_stack_trace"): _nowhere}


@contextmanager
def lightened() -> Iterator[None]:
    """Do without it in the meantime: a seventh of the time of a thousand objects.

    An SDK that has none of these names just takes longer.
    """
    modules = {name: importlib.import_module(name) for name, _ in _INSTEAD}
    before = {key: own for key in _INSTEAD if (own := getattr(modules[key[0]], key[1], None))}
    try:
        for name, attribute in before:
            setattr(modules[name], attribute, _INSTEAD[name, attribute])
        yield
    finally:
        for (name, attribute), own in before.items():
            setattr(modules[name], attribute, own)
