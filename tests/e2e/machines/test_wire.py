"""What two pods on two machines say to each other, as a third party sees it on the wire between the machines."""

import json
import subprocess
import time
from typing import Any

import pytest

from mecctl.model.images import python_image
from mecctl.probe.pod import pod
from tests.support.machines import LiveMachines

pytestmark = pytest.mark.vm

SLICE = "slice-1-0000a1"
KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf"
WORDS = "MECCTL-IN-THE-CLEAR"
WIREGUARD = 51871  # docs.cilium.io, "WireGuard Transparent Encryption"
LISTEN = """\
import socket
server = socket.create_server(("", 8080))
while True:
    link, _ = server.accept()
    with link:
        while link.recv(65536):
            link.sendall(b"heard")
"""
SAY = f"""\
import socket, sys
with socket.create_connection((sys.argv[1], 8080), timeout=60) as link:
    for _ in range(20):
        link.sendall(b"{WORDS}" * 10)
        assert link.recv(100)
"""
# Every frame on every port of the lab's bridge: frames with the words, and frames to WireGuard's port.
CAPTURE = f"""\
import socket, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
link.settimeout(1)
clear = wrapped = 0
end = time.monotonic() + 60
print("listening", flush=True)
while time.monotonic() < end:
    try:
        frame = link.recv(65536)
    except TimeoutError:
        continue
    clear += b"{WORDS}" in frame
    wrapped += frame[23:24] == bytes([17]) and int.from_bytes(frame[36:38], "big") == {WIREGUARD}
print(clear, wrapped)
"""


def running(site: LiveMachines, name: str, node: str, script: str, *words: str) -> None:
    """Run a Python script in a pod of the slice on a node."""
    container = {
        "image": python_image(site.folder.site),
        "imagePullPolicy": "Never",
        "command": ["python3", "-c", script, *words],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi", "cpu": "500m"}},
    }
    made: dict[str, Any] = pod(name, SLICE, {"app": name}, 600, container)
    made["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node}
    site.on("edge-1", f"{KUBECTL} apply -f - <<'END'\n{json.dumps(made)}\nEND")


def seen(site: LiveMachines) -> tuple[int, int]:
    """Let a pod on one machine talk to one on the other; return clear and wrapped frames on the wire meanwhile."""
    running(site, "listen", "edge-2", LISTEN)
    get = f"{KUBECTL} -n {SLICE} get pod"
    site.on("edge-1", f"{KUBECTL} -n {SLICE} wait --for=condition=Ready pod/listen --timeout=50s")
    address = site.on("edge-1", f"{get} listen -o jsonpath='{{.status.podIP}}'")
    command = ["ip", "netns", "exec", site.names.lab, "python3", "-c", CAPTURE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as capture:
        assert capture.stdout is not None
        capture.stdout.readline()
        running(site, "say", "edge-1", SAY, address)
        deadline = time.monotonic() + 50
        while (phase := site.on("edge-1", f"{get} say -o jsonpath='{{.status.phase}}'")) not in {"Succeeded", "Failed"}:
            assert time.monotonic() < deadline, phase
            time.sleep(1)
        clear, wrapped = capture.stdout.read().split()
    site.on("edge-1", f"{KUBECTL} -n {SLICE} delete pod listen say --wait=false")
    assert phase == "Succeeded"
    return int(clear), int(wrapped)


def test_nothing_is_in_the_clear_with_wireguard_and_all_is_without(double: LiveMachines) -> None:
    clear, wrapped = seen(double)
    double.edit(", encryption: wireguard", "")
    ended = double.up()
    clear_then, wrapped_then = seen(double)

    assert (clear, wrapped > 20) == (0, True)
    assert ended.code == 0, ended.out + ended.err
    assert (clear_then > 10, wrapped_then) == (True, 0)
