"""Counts the calls of a program that are under way, so that an interrupted run ends after them and not before."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from mecctl.engine.kube.stop import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Calls:
    """How many calls are under way; once it is settled there are none and come no more."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = 0
        self._over = False

    def __enter__(self) -> None:
        with self._changed:
            if self._over:
                raise StoppedError
            self._under_way += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def settle(self) -> None:
        """Refuse calls from now on, and return when those under way have ended."""
        with self._changed:
            self._over = True
            self._changed.wait_for(lambda: not self._under_way)


class _Counting(Protocol):
    calls: Calls


_Self = TypeVar("_Self", bound=_Counting)


def counted(method: Callable[Concatenate[_Self, _P], _R]) -> Callable[Concatenate[_Self, _P], _R]:
    """Let calls of a method count."""

    @functools.wraps(method)
    def counting(one: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with one.calls:
            return method(one, *args, **kwargs)

    return counting
