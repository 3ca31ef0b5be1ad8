"""K3s's way of the same controls: flags from its log, files of its own, reasons where there is nothing."""

import pytest

from mecctl.audit.assess import assess
from mecctl.audit.control import Result
from tests.audit.recorded import API, hardened, seen

SERVER = "/var/lib/rancher/k3s/server"
AGENT = "/var/lib/rancher/k3s/agent"
ETCD = f"{SERVER}/db/etcd/config"
CONFIG = """\
client-transport-security: {cert-file: s.crt, key-file: s.key, client-cert-auth: true, trusted-ca-file: /etcd/ca.crt}
peer-transport-security: {cert-file: p.crt, key-file: p.key, client-cert-auth: true, trusted-ca-file: /etcd/peer.crt}
"""
FILES = {
    f"{SERVER}/cred/admin.kubeconfig": "600",
    f"{SERVER}/cred/scheduler.kubeconfig": "600",
    f"{SERVER}/cred/controller.kubeconfig": "600",
    f"{SERVER}/tls/server-ca.crt": "644",
    f"{SERVER}/tls/server-ca.key": "600",
    "/etc/rancher/k3s/flannel.conflist": "600",
    f"{AGENT}/kubelet.kubeconfig": "600",
    f"{AGENT}/kubeproxy.kubeconfig": "600",
    f"{AGENT}/client-ca.crt": "600",
}
NO_MANIFESTS = [f"1.1.{number}" for number in range(1, 9)]


@pytest.fixture
def k3s():
    """The hardened site with its server as K3s would show it."""
    found = hardened()
    server = found["machines"]["edge-1"]
    server["k3s"] = True
    server["texts"][ETCD] = CONFIG
    del server["components"]["etcd"]
    for component in server["components"].values():
        component["source"] = "journalctl -b -u k3s"
    server["components"]["kubelet"]["flags"]["hostname-override"] = "edge-1"
    server["components"]["kube-apiserver"]["flags"] |= {**API, "client-ca-file": "/tls/client-ca.crt"}
    server["files"] = {path: {"kind": "file", "mode": mode, "owner": "root:root"} for path, mode in FILES.items()}
    folder = {"kind": "directory", "mode": "700", "owner": "root:root"}
    server["files"] |= {f"{SERVER}/db/etcd": folder, f"{SERVER}/tls": folder}
    for name, fingerprint in (("/etcd/ca.crt", "aa"), ("/tls/client-ca.crt", "bb")):
        server["certificates"][name] = {
            "subject": "",
            "groups": [],
            "issuer": "",
            "ends": 4e9,
            "fingerprint": fingerprint,
        }
    found["cluster"]["kubelets"]["edge-1"]["authentication"]["x509"]["clientCAFile"] = f"{AGENT}/client-ca.crt"
    found["machines"] = {"edge-1": server}
    return found


def answers(evidence):
    return {one.control.id: one for one in assess("k3s", seen(evidence)).answers if one.benchmark == "cis"}


def test_a_hardened_k3s_fails_nothing(k3s):
    assert [id_ for id_, one in answers(k3s).items() if one.result is Result.failed] == []


def test_what_k3s_has_not_got_does_not_apply_and_says_why(k3s):
    found = answers(k3s)
    excluded = {id_ for id_, one in found.items() if one.result is Result.excluded}

    assert excluded >= {*NO_MANIFESTS, "1.1.12", "4.1.1", "4.1.2", "4.1.9", "4.1.10", "4.2.7", "4.2.10", "5.1.7"}
    assert all(seen.reason for id_ in excluded for seen in found[id_].findings)


def test_a_server_on_sqlite_has_no_etcd(k3s):
    server = k3s["machines"]["edge-1"]
    del server["texts"][ETCD]
    del server["files"][f"{SERVER}/db/etcd"]
    found = answers(k3s)

    assert {found[id_].result for id_ in ("1.1.11", "1.1.12", "2.1", "2.7")} == {Result.excluded}


@pytest.mark.parametrize(
    ("id_", "old", "new"),
    [
        ("2.1", "key-file: s.key, ", ""),
        ("2.5", "key-file: p.key, client-cert-auth: true", "key-file: p.key"),
        ("2.7", "/etcd/ca.crt", "/tls/client-ca.crt"),
    ],
)
def test_its_etcd_is_held_to_the_same(k3s, id_, old, new):
    texts = k3s["machines"]["edge-1"]["texts"]
    assert old in texts[ETCD]
    texts[ETCD] = texts[ETCD].replace(old, new)

    assert answers(k3s)[id_].result is Result.failed


def test_flags_that_its_log_does_not_tell_are_no_pass(k3s):
    del k3s["machines"]["edge-1"]["components"]["kube-scheduler"]

    assert answers(k3s)["1.4.1"].result is Result.failed
