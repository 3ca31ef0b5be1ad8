import base64
import json
from types import SimpleNamespace

import pytest
from ansible.module_utils.mecctl import kubeletcerts
from ansible.module_utils.mecctl.item import NodeError

CONF = "clusters:\n- cluster:\n    server: https://10.0.0.11:6443\n"


class Node:
    """A node whose kubelet asks for the certificate that it lacks when it starts; `signs` says whether it gets it."""

    def __init__(self, folder):
        self.etc, self.pki, self.signs, self.starts, self.shown = folder / "etc", folder / "pki", True, 0, []
        self.etc.mkdir()
        self.pki.mkdir()
        (self.etc / "kubelet.conf").write_text(CONF)
        for kind in ("client", "server"):
            (self.pki / f"kubelet-{kind}-2026-01.pem").write_text("old")
            self.current(kind).symlink_to(self.pki / f"kubelet-{kind}-2026-01.pem")

    def current(self, kind):
        return self.pki / f"kubelet-{kind}-current.pem"

    def run(self, words, **_):
        if "restart" in words:
            self.starts += 1
            bootstrap = self.etc / "bootstrap-kubelet.conf"
            if bootstrap.exists() and self.signs and not self.current("client").exists():
                self.shown.append(json.loads(bootstrap.read_text()))
                (self.pki / "kubelet-client-2026-02.pem").write_text("new")
                self.current("client").symlink_to(self.pki / "kubelet-client-2026-02.pem")
        if words[:3] == ["kubeadm", "kubeconfig", "user"]:
            fields = {"client-certificate-data": b"CERT\n", "client-key-data": b"KEY\n"}
            text = "".join(f"    {name}: {base64.b64encode(value).decode()}\n" for name, value in fields.items())
            return SimpleNamespace(code=0, out=text, last="")
        return SimpleNamespace(code=0, out="", last="")


@pytest.fixture
def node(tmp_path, monkeypatch):
    node = Node(tmp_path)
    monkeypatch.setattr(kubeletcerts, "ETC", node.etc)
    monkeypatch.setattr(kubeletcerts, "PKI", node.pki)
    monkeypatch.setattr(kubeletcerts, "run", node.run)
    monkeypatch.setattr(kubeletcerts.units, "run", node.run)
    monkeypatch.setattr(kubeletcerts, "LIMIT", 0.3)
    monkeypatch.setattr(kubeletcerts, "SIGNED", 0.3)
    monkeypatch.setattr(kubeletcerts.units, "cause", lambda _: "certificate signing request was denied")
    return node


def test_the_kubelet_asks_with_the_token_and_the_old_key_goes(node):
    (change,) = kubeletcerts.ask_anew("abc.def", "CA")

    assert change["subject"] == "kubelet client certificate"
    assert node.current("client").read_text() == "new"
    assert sorted(path.name for path in node.pki.iterdir()) == [
        "kubelet-client-2026-02.pem",
        "kubelet-client-current.pem",
    ]
    (shown,) = node.shown
    assert shown["clusters"][0]["cluster"]["server"] == "https://10.0.0.11:6443"
    assert shown["users"][0]["user"] == {"token": "abc.def"}
    assert not (node.etc / "bootstrap-kubelet.conf").exists()


def test_a_cluster_that_does_not_sign_leaves_the_old_certificate(node):
    node.signs = False

    with pytest.raises(NodeError, match="did not sign") as caught:
        list(kubeletcerts.ask_anew("abc.def", "CA"))

    assert caught.value.why == "certificate signing request was denied"
    assert node.current("client").read_text() == "old"
    assert node.starts == 2
    assert not (node.etc / "bootstrap-kubelet.conf").exists()


def test_it_goes_on_where_a_run_was_broken_off(node):
    node.current("client").rename(node.pki / "kubelet-client-current.pem.old")

    list(kubeletcerts.ask_anew("abc.def", "CA"))

    assert node.current("client").read_text() == "new"


def test_a_server_signs_for_its_own_kubelet(node, tmp_path):
    list(kubeletcerts.sign_here("edge-1", tmp_path / "config"))

    assert node.current("client").read_text() == "CERT\nKEY\n"
    assert node.current("client").resolve().stat().st_mode & 0o777 == 0o600
    assert not (node.pki / "kubelet-client-2026-01.pem").exists()
    assert node.starts == 1


def test_a_serving_certificate_that_nobody_approves_is_told(node):
    node.current("server").unlink()

    with pytest.raises(NodeError, match="serving certificate was not signed"):
        list(kubeletcerts.await_shown())
    (node.pki / "kubelet.crt").write_text("self-signed")
    assert next(iter(kubeletcerts.await_shown()))["subject"] == "kubelet serving certificate"
