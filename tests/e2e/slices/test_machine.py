"""A virtual machine among the slices: it answers there and nowhere else, and goes down when asked."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from mecctl.engine.kube import KubeClient
from tests.support import tenants
from tests.support.live import MECCTL, LiveSite

pytestmark = pytest.mark.e2e

VIDEO, EMBB = "slice-1-0000c3", "slice-1-0000a1"
GET = """
import sys, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())
except OSError as error:
    print(f"nothing: {error}")
"""


@pytest.fixture
def client(sliced: LiveSite) -> Iterator[KubeClient]:
    with KubeClient.from_kubeconfig(sliced.folder.state / "kubeconfig") as found:
        yield found


def machine(client: KubeClient) -> dict[str, Any]:
    found: list[dict[str, Any]] = client.list("v1", "Pod", VIDEO, label_selector="app.kubernetes.io/name=legacy")
    (pod,) = found
    return pod


def got(client: KubeClient, namespace: str, url: str) -> str:
    """What a pod of the slice gets from there."""
    made = tenants.pod("getter", namespace)
    made["spec"]["restartPolicy"] = "Never"
    made["spec"]["containers"][0] |= {"image": "mecctl.io/python:1", "command": ["python3", "-c", GET, url]}
    client.create(made)
    try:
        for event in client.watch("v1", "Pod", namespace, timeout=60):
            pod = event.object
            if pod.get("metadata", {}).get("name") == "getter" and pod["status"].get("phase") == "Succeeded":
                return client.logs(namespace, "getter")
    finally:
        client.delete(made)
    raise AssertionError


def test_the_guest_answers_within_a_minute_of_its_pods_start(client: KubeClient) -> None:
    pod = machine(client)
    (ready,) = [one for one in pod["status"]["conditions"] if one["type"] == "Ready"]
    taken = datetime.fromisoformat(ready["lastTransitionTime"]) - datetime.fromisoformat(pod["status"]["startTime"])

    assert ready["status"] == "True"
    assert taken.total_seconds() <= 60


def test_it_is_found_in_its_slice_and_walled_off_from_others(client: KubeClient) -> None:
    url = f"http://legacy.{VIDEO}.svc:8080/"

    assert json.loads(got(client, VIDEO, url))["host"] == "legacy"
    assert got(client, VIDEO, f"{url}user-data") == "#cloud-config\n{}\n\n"
    assert got(client, EMBB, url).startswith("nothing: ")


def test_its_console_says_what_it_said_and_takes_what_is_typed(sliced: LiveSite) -> None:
    command = [str(MECCTL), "app", "console", str(sliced.path), "legacy"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("echo answer-$((6 * 7))\n")
    process.stdin.flush()
    seen = ""
    for line in process.stdout:
        seen += line
        if line.startswith("answer-42"):
            break
    process.terminate()
    process.communicate(timeout=20)

    assert "guest legacy answers at port 8080" in seen
    assert "answer-42" in seen


def test_its_power_button_is_pressed_when_its_pod_goes(client: KubeClient) -> None:
    old = machine(client)
    name, began, said = old["metadata"]["name"], time.monotonic(), []
    lines = client.follow_logs(VIDEO, name, 5)
    client.delete(old)
    said = list(lines)
    for event in client.watch("v1", "Pod", VIDEO, label_selector="app.kubernetes.io/name=legacy", timeout=90):
        pod = event.object
        if event.type == "SYNCED" or pod["metadata"]["name"] == name:
            continue
        if any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", ())):
            break
    else:
        pytest.fail("no other machine came")

    assert any("guest legacy goes down" in line for line in said)
    assert any(re.search("reboot: Power down", line) for line in said)
    assert time.monotonic() - began < 90


def test_a_disk_that_does_not_start_is_told_with_the_consoles_last_lines(sliced: LiveSite) -> None:
    # An image without a disk, on the nodes already: what a wrong reference comes to.
    sliced.edit('disk: "mecctl.io/guest:1"', 'disk: "mecctl.io/web:1"')
    process = sliced.start("site", "up", "-o", "json")
    try:
        said, end = "", time.monotonic() + 90
        while "and one is the disk" not in said and time.monotonic() < end:
            said = sliced.mecctl("app", "status", "legacy", "-o", "json").out
        process.send_signal(signal.SIGINT)  # or it waits for minutes, since a disk may come yet
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
        sliced.edit('disk: "mecctl.io/web:1"', 'disk: "mecctl.io/guest:1"')
        mended = sliced.up()

    assert "its last lines:" in said
    assert "the image has 0 files in /disk, and one is the disk" in said
    assert mended.code == 0, mended.out + mended.err
