import socket
import time

import pytest

from mecctl.lab import ssh
from mecctl.process import Completed
from tests.lab.sites import NODES, site_folder

CHANGED = "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n"


@pytest.fixture
def node(tmp_path):
    return site_folder(tmp_path, ({**NODES[0], "port": 2222},)).site.nodes[0]


@pytest.fixture
def login(tmp_path):
    return ssh.Login(tmp_path / "key", tmp_path / "known hosts")


@pytest.mark.parametrize(
    ("code", "stderr", "up", "differ", "said"),
    [
        (0, "", True, False, ""),
        (3, "", False, False, "systemd isn't up (basic.target, 3)"),
        (255, "ssh: connect to host 10.78.1.11 port 22: Connection refused\n", False, False, "Connection refused"),
        (255, "root@10.78.1.11: Permission denied (publickey).\n", False, True, "Permission denied"),
        (255, CHANGED, False, True, "Host key verification failed."),
    ],
)
def test_what_a_node_answers(node, login, monkeypatch, code, stderr, up, differ, said):
    monkeypatch.setattr(ssh, "run", lambda *_, **__: Completed(code, "", stderr))

    answer = ssh.ask(node, login)

    assert (answer.up, answer.keys_differ) == (up, differ)
    assert said in answer.said


def test_host_keys_are_strict_and_only_the_labs_key_is_offered(node, login, monkeypatch):
    asked = []

    def run(words, **_):
        asked.append(words)
        return Completed(0, "", "")

    monkeypatch.setattr(ssh, "run", run)

    ssh.ask(node, login)

    (words,) = asked
    assert {"StrictHostKeyChecking=yes", "IdentitiesOnly=yes", f"UserKnownHostsFile={login.known_hosts}"} <= set(words)
    assert words[words.index("-p") + 1] == "2222"


def test_a_port_that_opens_ends_the_wait_and_a_closed_one_runs_out(node):
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = node.model_copy(update={"address": "127.0.0.1", "port": server.getsockname()[1]})

        assert ssh.wait_for_port(here.address, here.port, time.monotonic() + 5)

    assert not ssh.wait_for_port(here.address, here.port, time.monotonic() + 0.2)
