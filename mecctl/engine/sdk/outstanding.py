"""The outputs that a program still computes, in the shape that the SDK waits for them in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Outstanding(set["asyncio.Future[Any]"]):
    """The SDK's set of unfinished outputs; to whoever lists it, it is one future that ends when all of them have.

    The SDK waits until any of the outputs ends, looks at every other, and begins anew (pulumi runtime/stack.py,
    wait_for_rpcs). That takes the square of their number: three quarters of the time of a thousand objects. One future
    that ends with the last of them, or with the first error, says the same at once.
    """

    def __iter__(self) -> Iterator[asyncio.Future[Any]]:
        return iter([asyncio.gather(*super().__iter__())])
