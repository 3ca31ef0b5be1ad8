"""The commands and files that K3s's documentation names (docs.k3s.io/cli/certificate and /cli/token), in its order."""

from types import SimpleNamespace

import pytest
from ansible.module_utils.mecctl import k3srotation
from ansible.module_utils.mecctl.item import NodeError


class Node:
    def __init__(self, folder):
        self.etc, self.tokens, self.done, self.rotates = folder / "etc", folder / "server", [], True
        self.etc.mkdir()
        self.tokens.mkdir()
        (self.tokens / "token").write_text("K10aa::server:old\n")

    def run(self, words, env=None, **_):
        self.done.append(" ".join(words))
        if words == ["k3s", "token", "rotate"]:
            assert env == {"K3S_TOKEN": "K10aa::server:old"}
            if self.rotates:
                (self.tokens / "token").write_text("K10aa::server:new\n")
        return SimpleNamespace(code=0, out="", last="")


@pytest.fixture
def node(tmp_path, monkeypatch):
    node = Node(tmp_path)
    monkeypatch.setattr(k3srotation, "ETC", node.etc)
    monkeypatch.setattr(k3srotation, "TOKENS", node.tokens)
    monkeypatch.setattr(k3srotation, "run", node.run)
    monkeypatch.setattr(k3srotation.units, "run", node.run)
    wait = SimpleNamespace(wait=lambda path, _: node.done.append(path))
    monkeypatch.setattr(k3srotation.kube, "Api", lambda _: wait)
    return node


def test_certificates_are_rotated_while_it_is_stopped(node):
    list(k3srotation.renew(server=True))
    list(k3srotation.renew(server=False))

    assert node.done == [
        *("systemctl stop -- k3s.service", "k3s certificate rotate", "systemctl restart -- k3s.service", "/readyz"),
        *("systemctl stop -- k3s-agent.service", "k3s certificate rotate", "systemctl restart -- k3s-agent.service"),
    ]


def test_tokens_never_stand_on_a_command_line(node):
    made = k3srotation.new_tokens()

    assert made["join_token"] == "K10aa::server:new"
    assert len(made["join_agent_token"]) == 64
    assert node.done == ["k3s token rotate"]


def test_a_token_that_stays_the_same_is_a_failure(node):
    node.rotates = False

    with pytest.raises(NodeError, match="the token is the old one"):
        k3srotation.new_tokens()


@pytest.mark.parametrize("first", [True, False])
def test_servers_take_both_tokens_and_the_first_has_one_already(node, first):
    list(k3srotation.take_server_tokens({"join_token": "S", "join_agent_token": "A"}, first=first))

    assert (node.etc / "agent-token").read_text() == "A\n"
    assert (node.etc / "agent-token").stat().st_mode & 0o777 == 0o600
    assert (node.etc / "token").exists() is not first
    assert node.done == ["systemctl restart -- k3s.service", "/readyz"]


def test_agents_take_theirs(node):
    (node.tokens / "agent-token").write_text("K10aa::node:A\n")

    list(k3srotation.take_agent_token(k3srotation.agents_token()))

    assert (node.etc / "token").read_text() == "K10aa::node:A\n"
    assert node.done == ["systemctl restart -- k3s-agent.service"]
