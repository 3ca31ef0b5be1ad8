"""The site that the tests of slices share."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live import LiveSite

APPDS = Path(__file__).parents[2] / "data" / "appd"
RATED = 'snssai: {sst: 2, sd: "0000b2"}\n      throughput: {downlink: {maximum: 20Mbps}, uplink: {maximum: 20Mbps}}'
NAMED = "  platform: {discovery: {domain: mec.lab, addresses: [edge-2]}}\n  slices:\n"
FOUND = (
    "replicas: 2, ports: [8080], outside: [{subnet}.0/24], dns: [{name: video.example.com}], "
    'provides: [{name: film, version: "1"}]}'
)
AFTER = '{name: control, slice: urllc, image: "mecctl.io/web:1", replicas: 1, ports: [8080]'
MACHINE = """\
  workloads:
    - name: legacy
      slice: video
      architecture: amd64
      vm: {disk: "mecctl.io/guest:1", cloudInit: "#cloud-config\\n{}\\n", ports: [8080]}
      outside: [{subnet}.0/24]
    - name: analytics
      slice: meters
      appd: apps/analytics.json
      image: mecctl.io/web:1
      outside: [{subnet}.0/24]
"""
MORE = """\
    - name: video
      snssai: {sst: 1, sd: "0000c3"}
      throughput: {downlink: {guaranteed: 10Mbps, maximum: 50Mbps, perPod: 30Mbps}, uplink: {maximum: 10Mbps}}
    - {name: meters, snssai: {sst: 3}}
  workloads:
"""


def described(file: Path) -> None:
    """Write the AppD of an application that needs nothing else at the site."""
    whole = json.loads((APPDS / "v2.json").read_text())
    file.parent.mkdir()
    file.write_text(json.dumps({key: one for key, one in whole.items() if key != "appServiceRequired"}))


@pytest.fixture(scope="package")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """A site of four slices that is up, most with rates, one found by name, for tests that leave it as it was."""
    live = LiveSite(tmp_path_factory.mktemp("sliced") / "inventories" / "lab")
    live.edit('snssai: {sst: 2, sd: "0000b2"}', RATED)
    live.edit("  workloads:\n", MORE)
    live.edit("  slices:\n", NAMED)
    live.edit("replicas: 2, ports: [8080]}", FOUND.replace("{subnet}", live.subnet))
    live.edit("  workloads:\n", MACHINE.replace("{subnet}", live.subnet))
    live.edit("  slices:\n", "  latency: 5ms\n  slices:\n")
    described(live.path / "apps" / "analytics.json")
    live.edit(AFTER, f"{AFTER}, requires: [film]")
    try:
        assert live.mecctl("lab", "up", timeout=3000).code == 0
        ended = live.up()
        assert ended.code == 0, ended.out + ended.err
        yield live
    finally:
        live.stop()
