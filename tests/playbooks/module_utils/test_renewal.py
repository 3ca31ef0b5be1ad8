import json
from types import SimpleNamespace

import pytest
from ansible.module_utils.mecctl import renewal
from ansible.module_utils.mecctl.item import NodeError


@pytest.fixture
def done(tmp_path, monkeypatch):
    done = []

    def run(words, **_):
        done.append(" ".join(words[:4]))
        settings = json.loads((tmp_path / "config").read_text())
        assert (settings["encryptionAlgorithm"], settings["kubernetesVersion"]) == ("ECDSA-P256", "v1.36.3")
        return SimpleNamespace(code=0, out="", last="")

    def sign(*_):
        done.append("kubelet")
        yield {}

    monkeypatch.setattr(renewal, "CONFIG", tmp_path / "config")
    monkeypatch.setattr(renewal, "PKI", tmp_path)
    monkeypatch.setattr(renewal, "run", run)
    monkeypatch.setattr(renewal.kubeletcerts, "sign_here", sign)
    monkeypatch.setattr(renewal.staticpods, "restart", lambda _: done.append("parts"))
    (tmp_path / "ca.key").touch()
    return done


@pytest.mark.parametrize(("serves", "order"), [(True, ["parts", "kubelet"]), (False, ["kubelet", "parts"])])
def test_a_kubelet_never_starts_while_the_api_is_gone_by_our_doing(done, tmp_path, monkeypatch, serves, order):
    monkeypatch.setattr(renewal.staticpods, "serves", lambda: serves)

    list(renewal.renew_server("edge-1", "v1.36.3"))

    assert done == ["kubeadm certs renew all", *order]
    assert not (tmp_path / "config").exists()


def test_without_the_key_of_the_ca_nothing_is_begun(done, tmp_path):
    (tmp_path / "ca.key").unlink()

    with pytest.raises(NodeError, match="the CA's key isn't on this server"):
        list(renewal.renew_server("edge-1", "v1.36.3"))
    assert done == []
