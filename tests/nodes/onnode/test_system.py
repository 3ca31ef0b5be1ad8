import json

from mecctl.nodes.onnode import system


def test_settings_that_come_twice_are_joined(monkeypatch):
    monkeypatch.setattr(system, "_said", lambda *_: "port 22\nport 2222\npermitrootlogin no")

    assert system._sshd() == {"port": "22 2222", "permitrootlogin": "no"}


def test_a_firewall_that_is_not_there(monkeypatch):
    monkeypatch.setattr(system, "_said", lambda *_: "")
    assert system._firewall() is None

    monkeypatch.setattr(system, "_said", lambda *_: json.dumps({"nftables": [{"chain": {}}]}))
    assert system._firewall() == [{"chain": {}}]


def test_a_program_that_the_node_has_not_got_says_nothing():
    assert system._said("no-such-program-anywhere") == ""


def test_accounts(monkeypatch):
    texts = {"/etc/passwd": "root:x:0:0\ntoor:x:0:0\nops:x:1000:1000", "/etc/shadow": "root:*:1\nguest::1"}
    monkeypatch.setattr(system, "_text", texts.__getitem__)

    assert system._accounts() == {"uid0": ["root", "toor"], "passwordless": ["guest"]}


def test_a_kernel_setting():
    assert system._sysctl("kernel.ostype") == "Linux"
    assert system._sysctl("no.such.setting") is None
