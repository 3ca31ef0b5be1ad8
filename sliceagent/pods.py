"""Which pods a node has, from what the container runtime keeps of every CNI call (libcni's cache of results)."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sliceagent.links import Link


@dataclass(frozen=True)
class Pod:
    """A pod and the devices of the host that its CNI named; one of them is its own."""

    namespace: str
    name: str
    devices: tuple[str, ...]

    def device(self, found: Mapping[str, Link]) -> Link | None:
        """Return the host-side end of the pod's veth pair; None where it isn't there (any more)."""
        return next((found[name] for name in self.devices if name in found and found[name].kind == "veth"), None)


def listed(folder: Path) -> list[Pod]:
    """Return the pods of every result in the runtime's cache; one that can't be read is told and left out."""
    found = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        try:
            cached = json.loads(path.read_text())
            arguments = dict(cached["cniArgs"])
            found.append(Pod(arguments["K8S_POD_NAMESPACE"], arguments["K8S_POD_NAME"], devices(cached["result"])))
        except FileNotFoundError:
            continue  # the pod has just gone
        except (ValueError, KeyError, TypeError) as error:
            print(f"{path} isn't a CNI result of a pod: {error!r}", file=sys.stderr)  # noqa: T201 - a container's log
    return found


def devices(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the devices of a CNI result that are in no sandbox: the host's."""
    listed: Iterable[Mapping[str, Any]] = result.get("interfaces") or ()
    return tuple(str(one["name"]) for one in listed if not one.get("sandbox"))
