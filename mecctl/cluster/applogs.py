"""What a workload's pods print: what they printed last, or as they print it."""

from __future__ import annotations

import threading
from contextlib import closing
from queue import Queue
from typing import TYPE_CHECKING

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mecctl.engine.kube import KubeClient

_Said = tuple[str, str] | MecctlError | None


def last(
    client: KubeClient, namespace: str, pods: Sequence[str], tail: int, *, previous: bool
) -> Iterator[tuple[str, str]]:
    """Yield (pod, line) of the last `tail` lines of each pod; `previous`: of the container before its last restart.

    Raises KubeError, such as when there was no container before.
    """
    for pod in pods:
        for line in client.logs(namespace, pod, tail=tail, previous=previous).splitlines():
            yield pod, line


def follow(client: KubeClient, namespace: str, pods: Sequence[str], tail: int) -> Iterator[tuple[str, str]]:
    """Yield (pod, line) as the pods print, from the last `tail` lines on, until all of them have ended.

    Raises what the first pod that can't be followed raises.
    """
    said: Queue[_Said] = Queue()
    for pod in pods:
        threading.Thread(target=_read, args=(client, namespace, pod, tail, said), daemon=True).start()
    left = len(pods)
    while left:
        one = said.get()
        if one is None:
            left -= 1
        elif isinstance(one, MecctlError):
            raise one
        else:
            yield one


def _read(client: KubeClient, namespace: str, pod: str, tail: int, said: Queue[_Said]) -> None:
    try:
        with closing(client.follow_logs(namespace, pod, tail)) as lines:
            for line in lines:
                said.put((pod, line))
        said.put(None)
    except MecctlError as error:
        said.put(error)
