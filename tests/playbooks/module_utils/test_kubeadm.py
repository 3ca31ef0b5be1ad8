import json
from typing import Any

import pytest
from ansible.module_utils.mecctl import kubeadm
from ansible.module_utils.mecctl.command import Output
from ansible.module_utils.mecctl.item import NodeError

INIT = {"mode": "init", "documents": [{"kind": "InitConfiguration"}]}
JOIN: dict[str, Any] = {
    "mode": "join",
    "endpoint": "a:6443",
    "documents": [{"kind": "JoinConfiguration"}],
}
SECRETS = {"join_token": "abcdef.0123456789abcdef", "join_ca": "the CA"}


@pytest.fixture
def node(monkeypatch, tmp_path):
    """A node whose kubeadm writes what kubeadm writes; `ran` are its commands, `config` what it last read."""
    monkeypatch.setattr(kubeadm, "CAS", [tmp_path / "ETC" / "pki" / "ca.crt"])
    for name in ("ETC", "KUBELET", "ETCD", "PODS"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(kubeadm, name, tmp_path / name)
    monkeypatch.setattr(kubeadm, "CONFIG", tmp_path / "kubeadm.yaml")
    monkeypatch.setattr(kubeadm, "DISCOVERY", tmp_path / "discovery.conf")
    monkeypatch.setattr(kubeadm.staticpods, "ETC", tmp_path / "ETC")
    monkeypatch.setattr(kubeadm, "KUBEADM", tmp_path / "ETC")
    monkeypatch.setattr(kubeadm.programs, "running", lambda _: [])
    monkeypatch.setattr(kubeadm.units, "stop", lambda _: None)
    monkeypatch.setattr(kubeadm.units, "cause", lambda name: f"the last words of {name}")
    state = {"etc": tmp_path / "ETC", "etcd": tmp_path / "ETCD", "pods": tmp_path / "PODS", "ran": [], "output": None}

    def run(words, **_):
        state["ran"].append(" ".join(word for word in words if not word.startswith("--")).replace(str(tmp_path), ""))
        if words[0] == "kubeadm" and words[1] in ("init", "join"):
            path = tmp_path / "kubeadm.yaml"
            state["config"] = [json.loads(text) for text in path.read_text().split("\n---\n")]
            assert path.stat().st_mode & 0o777 == 0o600
            if words[1] == "join":
                assert kubeadm.DISCOVERY.stat().st_mode & 0o777 == 0o600
                state["discovery"] = json.loads(kubeadm.DISCOVERY.read_text())
            if state["output"]:
                return state["output"]
            become_member(state["etc"], words[1])
        return Output(0, "", "")

    monkeypatch.setattr(kubeadm, "run", run)
    return state


def become_member(etc, mode):
    for name in kubeadm.MEMBER[mode]:
        (etc / name).parent.mkdir(exist_ok=True)
        (etc / name).touch()


def converge(declared, context):
    items = list(kubeadm.plan_kubeadm(declared, context))
    for item in items:
        if not item.later:
            item.act()
    return [(item.subject, item.reason) for item in items]


def record(context):
    return sorted(path.name for path in context.store.glob("kubeadm.*"))


def test_a_cluster_is_started_once(node, context, tmp_path):
    assert converge(INIT, context) == [("kubeadm init", "isn't done")]
    assert node["ran"] == ["kubeadm init", "systemctl enable kubelet.service"]
    assert record(context) == ["kubeadm.done"]
    assert not (tmp_path / "kubeadm.yaml").exists()
    assert converge(INIT, context) == []


def test_a_join_waits_for_a_token_and_pins_the_ca(node, context):
    (waiting,) = kubeadm.plan_kubeadm(JOIN, context)
    assert waiting.later

    context.secrets.update(SECRETS)
    converge(JOIN, context)

    assert node["config"][0]["discovery"] == {
        "file": {"kubeConfigPath": str(kubeadm.DISCOVERY)},
        "tlsBootstrapToken": SECRETS["join_token"],
    }
    (cluster,) = node["discovery"]["clusters"]
    assert cluster["cluster"] == {"server": "https://a:6443", "certificate-authority-data": "dGhlIENB"}
    assert node["discovery"]["users"] == [{"name": "joining", "user": {"token": SECRETS["join_token"]}}]
    assert not kubeadm.DISCOVERY.exists()
    assert not [
        path for path in context.store.rglob("*") if path.is_file() and SECRETS["join_token"] in path.read_text()
    ]


def test_an_interrupted_start_is_undone_and_done_again(node, context):
    node["output"] = Output(-9, "", "")
    with pytest.raises(NodeError):
        converge(INIT, context)
    assert record(context) == ["kubeadm.started"]

    node.update(output=None, ran=[])
    (node["etcd"] / "member").mkdir()

    assert converge(INIT, context) == [("kubeadm init", "was interrupted")]
    assert node["ran"][0] == "/ETC reset"
    assert not (node["etcd"] / "member").exists()


def test_a_server_that_lost_a_file_is_repaired_and_keeps_its_data(node, context):
    converge(INIT, context)
    (node["etcd"] / "member").mkdir()
    (node["etc"] / "admin.conf").unlink()
    node["ran"].clear()

    assert converge(INIT, context) == [("kubeadm init phases", f"{node['etc']}/admin.conf is gone")]
    assert all(command.startswith(("kubeadm init phase", "systemctl")) for command in node["ran"])
    assert (node["etcd"] / "member").exists()


def test_an_agent_of_a_cluster_that_was_joins_the_new_one(node, context):
    context.secrets.update(SECRETS)
    converge(JOIN, context)

    context.cluster = kubeadm.ca()
    assert converge(JOIN, context) == []
    context.cluster = "another"
    assert converge(JOIN, context) == [("kubeadm join", "is a member of a cluster that was")]


def test_a_foreign_cluster_is_left_alone(node, context):
    become_member(node["etc"], "join")

    with pytest.raises(NodeError, match="a cluster that mecctl did not make"):
        converge(JOIN, context)

    assert node["ran"] == []


def test_a_server_that_joins_gets_the_key_to_the_cas(node, context):
    (document,) = JOIN["documents"]
    server = {**JOIN, "documents": [{**document, "controlPlane": {"localAPIEndpoint": {}}}]}
    context.secrets.update(SECRETS, join_certificate_key="00ff")

    converge(server, context)

    assert node["config"][0]["controlPlane"] == {"localAPIEndpoint": {}, "certificateKey": "00ff"}


def test_a_failure_ends_with_its_true_cause(node, context):
    log = node["pods"] / "kube-system_etcd-edge-1_00" / "etcd" / "0.log"
    log.parent.mkdir(parents=True)
    log.write_text("starting\npanic: no space left on device\n")
    said = "I0101 noise\nerror: error execution phase wait-control-plane: etcd isn't healthy\n"
    node["output"] = Output(1, "", said)

    with pytest.raises(NodeError, match="kubeadm init failed") as caught:
        converge(INIT, context)

    assert caught.value.why == (
        "error: error execution phase wait-control-plane: etcd isn't healthy"
        " | etcd: starting | etcd: panic: no space left on device"
    )


def test_a_silent_kubelet_speaks_through_its_journal(node, context):
    node["output"] = Output(1, "", "error: the kubelet isn't running")

    with pytest.raises(NodeError) as caught:
        converge(INIT, context)

    assert caught.value.why.endswith("the last words of kubelet.service")


@pytest.fixture
def server(node, context, monkeypatch):
    """A server that is a member; what its parts are asked to do again is recorded, not done."""
    converge(INIT, context)
    (node["etcd"] / "member").mkdir()
    node["ran"].clear()

    def renew(phase, _last_words):
        phase(["init", "phase", "control-plane", "all"])

    monkeypatch.setattr(kubeadm.staticpods, "renew", renew)
    return node


def test_other_settings_write_the_control_plane_anew_once(server, context):
    changed = {**INIT, "documents": [*INIT["documents"], {"kind": "ClusterConfiguration", "apiServer": {}}]}

    assert converge(changed, context) == [("control plane", "its settings changed")]
    assert server["ran"] == ["kubeadm init phase control-plane all"]
    assert converge(changed, context) == []


def test_how_a_node_registers_is_not_the_control_planes_concern(server, context):
    changed = {**INIT, "documents": [{"kind": "InitConfiguration", "nodeRegistration": {"taints": []}}]}

    assert converge(changed, context) == []


def test_an_edited_manifest_is_written_anew(server, context):
    path = server["etc"] / "manifests" / "kube-apiserver.yaml"
    path.write_text("--anonymous-auth=true")

    assert converge(INIT, context) == [("control plane", f"{path} was edited")]
    assert converge(INIT, context) == []


def test_a_record_of_an_older_version_counts_as_other_settings(server, context):
    (context.store / "kubeadm.done").write_text("")

    assert converge(INIT, context) == [("control plane", "its settings changed")]
