"""What two pods on two nodes say to each other, as a third party sees it on the wire between the nodes."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mecctl.model.images import python_image
from mecctl.probe.pod import pod

if TYPE_CHECKING:
    from tests.support.live import LiveSite

SLICE = "slice-1-0000a1"
_KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf"
_WORDS = "MECCTL-IN-THE-CLEAR"
_WIREGUARD = 51871  # docs.cilium.io, "WireGuard Transparent Encryption"
_VXLAN = 8472
_LOOKS = 4
_LISTEN = """\
import socket
server = socket.create_server(("", 8080))
while True:
    link, _ = server.accept()
    with link:
        while link.recv(65536):
            link.sendall(b"heard")
"""
_SAY = f"""\
import socket, sys
with socket.create_connection((sys.argv[1], 8080), timeout=60) as link:
    for _ in range(20):
        link.sendall(b"{_WORDS}" * 10)
        assert link.recv(100)
"""
# Every frame on every port of the lab's bridge, until stdin ends: with the words, to WireGuard's port, and of VXLAN
# with a packet of ESP in it.
_CAPTURE = f"""\
import selectors, socket, sys
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
clear = wrapped = esp = 0
watch = selectors.DefaultSelector()
watch.register(link, selectors.EVENT_READ)
watch.register(sys.stdin, selectors.EVENT_READ)
print("listening", flush=True)
while not any(key.fileobj is sys.stdin for key, _ in watch.select()):
    frame = link.recv(65536)
    clear += b"{_WORDS}" in frame
    port = int.from_bytes(frame[36:38], "big") if frame[23:24] == bytes([17]) else 0
    wrapped += port == {_WIREGUARD}
    esp += port == {_VXLAN} and frame[73:74] == bytes([50])
print(clear, wrapped, esp)
"""


@dataclass(frozen=True)
class Frames:
    """Ethernet frames that passed: with the pods' words in the clear, to WireGuard's port, and of ESP in VXLAN."""

    clear: int
    wrapped: int
    esp: int


def between(site: LiveSite, speaker: str, listener: str) -> Frames:
    """Let a pod on one node talk to one on another; return what was on the lab's wire meanwhile."""
    get = f"{_KUBECTL} -n {SLICE} get pod listen"
    _start(site, "listen", listener, _LISTEN)
    _wait(site, "condition=Ready", "listen")
    address = site.on("edge-1", f"{get} -o jsonpath='{{.status.podIP}}'")
    command = ["ip", "netns", "exec", site.names.lab, "python3", "-c", _CAPTURE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as capture:
        assert capture.stdout is not None
        capture.stdout.readline()
        _start(site, "say", speaker, _SAY, address)
        _wait(site, "jsonpath={.status.phase}=Succeeded", "say")
        counts = map(int, capture.communicate()[0].split())
    site.on("edge-1", f"{_KUBECTL} -n {SLICE} delete pod listen say --grace-period=1")
    return Frames(*counts)


def _start(site: LiveSite, name: str, node: str, script: str, *words: str) -> None:
    """Run a Python script in a pod of the slice on a node."""
    container = {
        "image": python_image(site.folder.site),
        "imagePullPolicy": "Never",
        "command": ["python3", "-c", script, *words],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi", "cpu": "500m"}},
    }
    made: dict[str, Any] = pod(name, SLICE, {"app": name}, 600, container)
    made["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node}
    site.on("edge-1", f"{_KUBECTL} apply -f - <<'END'\n{json.dumps(made)}\nEND")


def _wait(site: LiveSite, what: str, name: str) -> None:
    """Wait for a pod, in steps that are shorter than a login may take."""
    wait = f"{_KUBECTL} -n {SLICE} wait --for={what} pod/{name} --timeout=50s"
    for _ in range(_LOOKS - 1):
        if site.on("edge-1", f"{wait} 2>&1 || true").endswith("condition met"):
            return
    site.on("edge-1", wait)
