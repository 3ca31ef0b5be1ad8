"""Looks twice a second who is ready, and writes the zones that changed.

Environment: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT (as every pod has them). What it looks at are the
Services for clients outside and their EndpointSlices, from the API server's own memory: a few kilobytes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

# Not resolved: in a ConfigMap every file is a link to a folder of another name.
sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from guard.api import Api, ApiError
from nameserver.zones import places, ports, with_serial, zone

EVERY = 0.5
SLICES = (
    "/apis/discovery.k8s.io/v1/endpointslices?labelSelector=mec.io/outside,kubernetes.io/service-name&resourceVersion=0"
)
SERVICES = "/api/v1/services?labelSelector=mec.io/outside&resourceVersion=0"


class Zones:
    """The zone files of one folder, and what was last written to each."""

    def __init__(self, api: Api, settings: Path, folder: Path) -> None:
        self._api, self._folder = api, folder
        self._told = json.loads(settings.read_text())
        self._written: dict[str, list[str]] = {}
        self._serial = int(time.time())

    def look(self) -> list[str]:
        """Write the zones whose records changed, and return their names; raises ApiError when it can't look."""
        where = places(self._api.request("GET", SLICES)["items"], self._told["nodes"])
        doors = ports(self._api.request("GET", SERVICES)["items"])
        changed = []
        for origin in self._told["zones"]:
            lines = zone(origin, self._told, where, doors)
            if lines != self._written.get(origin):
                self._write(origin, lines)
                changed.append(origin)
        return changed

    def _write(self, origin: str, lines: list[str]) -> None:
        self._serial += 1
        part = self._folder / f"{origin}.part"
        part.write_text(with_serial(origin, lines, self._serial))
        part.replace(self._folder / origin)
        self._written[origin] = lines


def main() -> None:
    """Look for ever; while the API server doesn't answer, what was last seen stands."""
    api = Api(os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"]))
    folder = Path("/zones")
    zones = Zones(api, Path("/etc/coredns/settings.json"), folder)
    while True:
        try:
            zones.look()
            (folder / "ready").touch()
        except ApiError as error:
            print(error, file=sys.stderr, flush=True)  # noqa: T201 - a container's log
        time.sleep(EVERY)


if __name__ == "__main__":
    main()
