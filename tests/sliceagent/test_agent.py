"""The whole agent, the CNI plugin and the real kernel, in a network namespace of the test's own."""

import importlib.util
import io
import json
import os
import runpy
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from mecctl.process import run
from mecctl.resources import resource
from sliceagent import links
from sliceagent.netlink import Netlink
from tests.support.netns import in_netns

RATES = {"maximum": 10_000_000}
VIDEO = {"name": "video", "downlink": RATES, "uplink": RATES, "dscp": None, "turn": 0, "shaped": True}
CONFIG = {"cniVersion": "1.0.0", "name": "cbr0", "type": "mecctl-slice"}
RESULT = {"cniVersion": "1.0.0", "interfaces": [{"name": "va"}, {"name": "eth0", "sandbox": "/x"}], "ips": []}


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """The CNI plugin as a module, with the node's files in a folder of the test's."""
    path = resource("playbooks") / "roles/slices/files/mecctl_slice.py"
    spec = importlib.util.spec_from_file_location("mecctl_slice", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "slices").write_text("slice-2\n")
    monkeypatch.setattr(module, "SHAPED", tmp_path / "slices")
    monkeypatch.setattr(module, "SOCKET", str(tmp_path / "sock"))
    return module


@pytest.fixture
def call(plugin, monkeypatch, capsys):
    def called(command="ADD", namespace="slice-2", config=None, **more):
        arguments = f"IgnoreUnknown=1;K8S_POD_NAMESPACE={namespace};K8S_POD_NAME=a"
        monkeypatch.setenv("CNI_COMMAND", command)
        monkeypatch.setenv("CNI_ARGS", arguments)
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(config or {**CONFIG, "prevResult": RESULT})))
        code = plugin.main()
        text = capsys.readouterr().out
        return code, json.loads(text) if text else None

    return called


class Running:
    """The agent as a process of its own, in the same network namespace."""

    def __init__(self, folder):
        self.port = 9477
        self.pid = os.fork()
        if not self.pid:
            self._be(folder)

    def _be(self, folder):
        os.environ |= {
            "SLICES": json.dumps({"slices": {"slice-2": VIDEO}, "links": {}}),
            "NODE": "edge-1",
            "LISTEN": f"127.0.0.1:{self.port}",
        }
        module = runpy.run_path(str(resource("sliceagent") / "__main__.py"))
        running = module["Agent"].run.__globals__
        running |= {"SHAPED": folder / "slices", "SOCKET": folder / "sock", "RESULTS": folder / "results"}
        try:
            module["Agent"]().run()
        finally:
            os._exit(0)

    def get(self, path):
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as asked:
                    asked.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
                    return b"".join(iter(lambda: asked.recv(1 << 16), b"")).decode()
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise AssertionError("the agent doesn't answer")

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)


def shown(what):
    return run(["tc", *what.split()]).stdout


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@in_netns
def test_a_pod_starts_once_it_is_held_and_stays_held(call, tmp_path):
    run(["ip", "link", "add", "va", "type", "veth", "peer", "name", "vb"])
    agent = Running(tmp_path)
    assert agent.get("/").startswith("HTTP/1.1 200")
    until((tmp_path / "sock").exists)

    assert call() == (0, RESULT)
    assert "mecctl-1000-" in shown("filter show dev va ingress")

    run(["tc", "qdisc", "del", "dev", "va", "clsact"])  # by hand: seen by the kernel's own word, without being asked
    until(lambda: "mecctl-1000-" in shown("filter show dev va ingress"))
    assert 'mecctl_slice_drift_total{slice="video"} 1' in agent.get("/metrics")
    assert 'mecctl_slice_pods{slice="video"} 1' in agent.get("/metrics")

    agent.end()
    assert "mecctl-1000-" in shown("filter show dev va ingress")
    assert not (tmp_path / "sock").exists()


@in_netns
def test_a_pod_that_came_past_the_plugin_is_held_too(tmp_path):
    agent = Running(tmp_path)
    agent.get("/")
    (tmp_path / "results").mkdir()
    arguments = [["K8S_POD_NAMESPACE", "slice-2"], ["K8S_POD_NAME", "a"]]
    (tmp_path / "results" / "a-eth0").write_text(json.dumps({"cniArgs": arguments, "result": RESULT}))
    run(["ip", "link", "add", "va", "type", "veth", "peer", "name", "vb"])
    until(lambda: "mecctl-1000-" in shown("filter show dev va ingress"))
    agent.end()


@in_netns
def test_an_agent_that_nobody_needs_any_more_takes_all_away(call, tmp_path):
    run(["ip", "link", "add", "va", "type", "veth", "peer", "name", "vb"])
    agent = Running(tmp_path)
    agent.get("/")
    until((tmp_path / "sock").exists)
    call()
    (tmp_path / "slices").write_text("")
    agent.end()

    assert "mec-rate0" not in links.links(Netlink())
    assert "mecctl" not in shown("filter show dev va ingress")


@in_netns
def test_a_pod_whose_device_is_not_there_does_not_start(call, tmp_path):
    agent = Running(tmp_path)
    agent.get("/")
    until((tmp_path / "sock").exists)
    code, said = call()
    agent.end()

    assert (code, said["code"]) == (1, 11)
    assert said["msg"] == "the slice agent of this node: none of the devices va is there"


def test_without_an_agent_a_slices_pod_does_not_start(call):
    code, said = call()

    assert (code, said["code"], said["cniVersion"]) == (1, 11, "1.0.0")
    assert said["msg"].startswith("the slice agent of this node doesn't answer: ")


def test_other_pods_pass(call):
    assert call(namespace="kube-system") == (0, RESULT)


def test_a_node_without_slices_lets_all_pass(call, tmp_path):
    (tmp_path / "slices").unlink()
    assert call() == (0, RESULT)


def test_the_plugin_wants_to_be_last_in_the_chain(call):
    code, said = call(config=CONFIG)
    assert (code, said["code"]) == (1, 102)


@pytest.mark.parametrize("command", ["DEL", "CHECK", "GC", "STATUS"])
def test_only_a_start_is_of_interest(call, command):
    assert call(command) == (0, None)


def test_versions(call):
    code, said = call("VERSION")
    assert code == 0
    assert {"0.3.1", "1.0.0"} <= set(said["supportedVersions"])


def test_the_agent_needs_nothing_but_python():
    own, standard = Path(resource("sliceagent")), set(sys.stdlib_module_names)
    words = [line.split() for path in own.glob("*.py") for line in path.read_text().splitlines()]
    used = {line[1].partition(".")[0] for line in words if len(line) > 1 and line[0] in ("import", "from")}

    assert used <= standard | {"sliceagent"}
