from datetime import UTC, datetime, timedelta

import pytest
from ansible.module_utils.mecctl import staticpods
from ansible.module_utils.mecctl.item import NodeError


class Server:
    """A server whose parts run; a changed manifest starts its part anew."""

    def __init__(self, folder):
        self.etc, self.proc, self.waited, self.pid = folder / "etc", folder / "proc", [], 0
        self.leading = True
        (self.etc / "manifests").mkdir(parents=True)
        for part in ("kube-apiserver", "kube-controller-manager"):
            self.write(part, "old")
            self.run(part)

    def write(self, part, text):
        (self.etc / "manifests" / f"{part}.yaml").write_text(text)

    def run(self, part):
        self.pid += 1
        (self.proc / str(self.pid)).mkdir(parents=True)
        (self.proc / str(self.pid) / "comm").write_text(part[:15] + "\n")

    def phase(self, words):
        if words[2] == "control-plane":
            self.write("kube-controller-manager", "new")
            self.run("kube-controller-manager")


@pytest.fixture
def server(tmp_path, monkeypatch):
    node = Server(tmp_path)
    monkeypatch.setattr(staticpods, "ETC", node.etc)
    monkeypatch.setattr(staticpods, "PROC", node.proc)

    class Api:
        def __init__(self, kubeconfig):
            assert kubeconfig == node.etc / "admin.conf"

        def wait(self, path, seconds):
            node.waited.append((path, seconds > 0))

        def request(self, _method, path):
            node.waited.append((path.rpartition("/")[2], True))
            if node.leading:
                now = datetime.now(UTC) + timedelta(seconds=1)
                return 200, {"spec": {"renewTime": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}}
            return 200, {"spec": {"renewTime": "2026-01-01T00:00:00.000000Z"}}

    monkeypatch.setattr(staticpods.kube, "Api", Api)
    return node


def test_it_waits_for_what_changed_and_for_the_api(server):
    staticpods.renew(server.phase, lambda _: [])

    assert server.waited == [("/readyz", True), ("kube-scheduler", True), ("kube-controller-manager", True)]


def test_it_waits_until_somebody_leads_again(server, monkeypatch):
    monkeypatch.setattr(staticpods, "LIMIT", 0.5)
    server.leading = False

    with pytest.raises(NodeError, match="kube-scheduler, kube-controller-manager did not take the lead again"):
        staticpods.renew(server.phase, lambda _: [])


def test_a_part_that_does_not_come_back_is_named_with_its_last_words(server, monkeypatch):
    monkeypatch.setattr(staticpods, "LIMIT", 0.3)

    def phase(words):
        server.write("kube-controller-manager", "new")

    with pytest.raises(NodeError, match="kube-controller-manager did not start anew") as caught:
        staticpods.renew(phase, lambda part: [f"{part}: unknown flag"])

    assert caught.value.why == "kube-controller-manager: unknown flag"


def test_a_manifest_that_is_gone_counts_as_edited(server):
    kept = staticpods.fingerprint([])
    (server.etc / "manifests" / "kube-apiserver.yaml").unlink()

    assert "kube-apiserver.yaml was edited" in staticpods.difference([], kept)


@pytest.fixture
def ended(server, monkeypatch):
    """The parts that are ended, in order, each of which its kubelet then starts anew."""
    ended: list[str] = []
    for part in ("etcd", "kube-scheduler"):
        server.run(part)

    def kill(pid, number):
        assert number == 15
        comm = server.proc / str(pid) / "comm"
        part = comm.read_text().strip()
        comm.unlink()
        ended.append(part)
        server.run(part)

    monkeypatch.setattr(staticpods.os, "kill", kill)
    monkeypatch.setattr(staticpods, "_await_etcd", lambda *_: ended.append("etcd is well"))
    return ended


def test_parts_start_anew_one_by_one_in_the_order_that_they_need_each_other(server, ended):
    staticpods.restart(lambda _: [])

    assert ended == ["etcd", "etcd is well", "kube-apiserver", "kube-controller", "kube-scheduler"]
    assert [path for path, _ in server.waited] == ["/readyz"] * 3 + ["kube-scheduler", "kube-controller-manager"]


def test_a_part_that_does_not_start_anew_stops_the_rest(server, ended, monkeypatch):
    monkeypatch.setattr(staticpods, "RESTARTED", 0.3)
    monkeypatch.setattr(staticpods.os, "kill", lambda *_: None)

    with pytest.raises(NodeError, match="etcd did not start anew") as caught:
        staticpods.restart(lambda part: [f"{part}: panic"])
    assert caught.value.why == "etcd: panic"
