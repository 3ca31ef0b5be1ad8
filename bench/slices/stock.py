"""The peer: the CNI's own `bandwidth` plugin, called as containerd calls it for the annotation of a pod.

It stands at the end of two network namespaces of this machine instead of a cluster's chain: the plugin itself, a veth
pair, and the same traffic. For `kubernetes.io/egress-bandwidth: 10M` containerd passes a rate of 10,000,000 bit/s and
a burst of math.MaxUint32 bits (internal/cri, toCNIBandWidth).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.slices.ground import PORT, Ground, Result
from bench.slices.rates import SECONDS, order, row
from mecctl.probe.flows import flow, result_of

RATE, BURST = 10_000_000, 2**32 - 1
PLUGIN = Path("/usr/lib/cni/bandwidth")  # Debian: containernetworking-plugins
NODE, POD = "mecctl-bench-node", "mecctl-bench-pod"
_FLOWS = Path(__file__).parents[2] / "mecctl/probe/inpod/flows.py"
_HOST, _GUEST = "192.0.2.1", "192.0.2.2"


def measure(_: Ground, starts: int) -> Result:
    if not PLUGIN.exists():
        return {"rows": [{"pods of": f"left out: there is no {PLUGIN}"}]}
    runs = [_one() for _ in range(starts)]
    shares = [[rate / RATE for rate in run] for run in runs]
    return {"rows": [row("bandwidth plugin, 10 Mbit/s", shares)], "shares": shares}


def _one() -> tuple[float, ...]:
    with _namespaces():
        _shape()
        words = json.dumps({"host": _HOST, "port": PORT})
        with subprocess.Popen(_in(NODE, sys.executable, _FLOWS, "peer", words), stdout=subprocess.PIPE) as peer:
            try:
                assert peer.stdout
                peer.stdout.readline()
                asked = json.dumps({"peers": {"here": _HOST}, "port": PORT, "orders": [order()]})
                said = subprocess.run(_in(POD, sys.executable, _FLOWS, "agent", asked), check=True, capture_output=True)
            finally:
                peer.kill()
    rates = flow(result_of([json.loads(line) for line in said.stdout.splitlines()], "alone")).rates
    assert len(rates) == SECONDS, said
    return rates


@contextlib.contextmanager
def _namespaces() -> Iterator[None]:
    try:
        for name in (NODE, POD):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", NODE, "link", "add", "host0", "type", "veth", "peer", "name", "eth0", "netns", POD)
        for name, device, address in ((NODE, "host0", _HOST), (POD, "eth0", _GUEST)):
            _ip("-n", name, "address", "add", f"{address}/24", "dev", device)
            _ip("-n", name, "link", "set", device, "up")
        yield
    finally:
        for name in (NODE, POD):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _shape() -> None:
    sandbox = f"/run/netns/{POD}"
    config = {
        "cniVersion": "0.4.0",
        "name": "bench",
        "type": "bandwidth",
        "runtimeConfig": {"bandwidth": {"egressRate": RATE, "egressBurst": BURST}},
        "prevResult": {
            "cniVersion": "0.4.0",
            "interfaces": [{"name": "host0"}, {"name": "eth0", "sandbox": sandbox}],
            "ips": [{"version": "4", "address": f"{_GUEST}/24", "interface": 1}],
        },
    }
    called = {"COMMAND": "ADD", "CONTAINERID": "bench", "NETNS": sandbox, "IFNAME": "eth0", "PATH": str(PLUGIN.parent)}
    environment = {**os.environ, **{f"CNI_{key}": value for key, value in called.items()}}
    subprocess.run(
        _in(NODE, PLUGIN), input=json.dumps(config), text=True, env=environment, check=True, capture_output=True
    )


def _in(name: str, *words: str | Path) -> list[str | Path]:
    return ["ip", "netns", "exec", name, *words]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
