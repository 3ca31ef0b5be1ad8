import re

import pytest
from ansible.module_utils.mecctl import objects
from ansible.module_utils.mecctl.item import NodeError

CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "net", "namespace": "kube-system"},
    "data": {"mtu": "1450"},
}
PATH = "/api/v1/namespaces/kube-system/configmaps/net"


class Api:
    """An API server as a mapping of paths to objects; it merges what is applied."""

    def __init__(self, things):
        self.things = things
        self.refuses = None
        self.conflicts = 0
        self.waited = []

    def wait(self, path, _seconds):
        self.waited.append(path)

    def request(self, method, path, body=None, _content=""):
        path = path.partition("?")[0]
        if method == "GET":
            return (200, self.things[path]) if path in self.things else (404, {"message": "not found"})
        if self.refuses:
            return 422, {"message": self.refuses}
        if self.conflicts:
            self.conflicts -= 1
            return 409, {"message": "the object has been modified"}
        merge(self.things.setdefault(path, {}), body)
        return 200, self.things[path]


def merge(live, patch):
    for key, value in patch.items():
        if isinstance(value, dict):
            merge(live.setdefault(key, {}), value)
        elif value is None:
            live.pop(key, None)
        else:
            live[key] = value


@pytest.fixture
def api(monkeypatch, tmp_path):
    (tmp_path / "admin.conf").touch()
    api = Api({})
    monkeypatch.setattr(objects.kube, "Api", lambda _: api)
    return api


def converge(tmp_path, asking=None, **declared):
    paths = {"kubeconfig": str(tmp_path / "admin.conf"), "data": str(tmp_path / "etcd")}
    declared = {**paths, "manager": "test", "objects": [], **declared}
    items = list(objects.plan_objects(declared, asking or objects.Asking()))
    for item in items:
        item.act()
    return [(item.subject, item.action, item.reason) for item in items]


def test_before_there_is_a_cluster_everything_is_to_be_made(tmp_path):
    assert converge(tmp_path, objects=[CONFIG]) == [("ConfigMap kube-system/net", "create", "isn't there")]


def test_a_cluster_whose_kubeconfig_is_lost_cannot_be_asked(tmp_path):
    (tmp_path / "etcd").mkdir()

    with pytest.raises(NodeError, match="can't be asked"):
        converge(tmp_path, objects=[CONFIG])


def test_an_object_is_applied_once(api, tmp_path):
    assert converge(tmp_path, objects=[CONFIG]) == [("ConfigMap kube-system/net", "create", "isn't there")]
    assert converge(tmp_path, objects=[CONFIG]) == []


def test_an_edit_behind_its_back_is_healed(api, tmp_path):
    converge(tmp_path, objects=[CONFIG])
    api.things[PATH]["data"]["mtu"] = "9000"

    assert converge(tmp_path, objects=[CONFIG]) == [
        ("ConfigMap kube-system/net", "update", "was edited in the cluster")
    ]
    assert api.things[PATH]["data"]["mtu"] == "1450"


def test_what_others_add_is_theirs(api, tmp_path):
    converge(tmp_path, objects=[CONFIG])
    api.things[PATH]["data"]["extra"] = "1"
    api.things[PATH]["metadata"]["labels"] = {"theirs": "yes"}

    assert converge(tmp_path, objects=[CONFIG]) == []


def test_a_field_that_left_the_declaration_is_applied_away(api, tmp_path):
    converge(tmp_path, objects=[{**CONFIG, "data": {"mtu": "1450", "old": "1"}}])

    assert converge(tmp_path, objects=[CONFIG]) == [("ConfigMap kube-system/net", "update", "its declaration changed")]


def test_a_refusal_is_told_in_the_servers_words(api, tmp_path):
    api.refuses = "mtu must be a number"

    with pytest.raises(NodeError, match="refused ConfigMap kube-system/net") as caught:
        converge(tmp_path, objects=[CONFIG])

    assert caught.value.why == "mtu must be a number"


def node(**spec):
    return {"metadata": {"name": "edge-1", "resourceVersion": "1", "labels": {"pool": "a"}}, "spec": spec}


def test_labels_and_taints_are_kept_and_others_left_alone(api, tmp_path):
    theirs = {"key": "theirs", "effect": "NoExecute"}
    api.things["/api/v1/nodes/edge-1"] = node(taints=[{"key": "server", "effect": "NoSchedule"}, theirs])
    wanted = {"edge-1": {"labels": {"pool": None, "zone": "b"}, "taints": {"server": None}}}

    ((subject, action, reason),) = converge(tmp_path, nodes=wanted)

    assert (subject, action) == ("Node edge-1", "update")
    assert reason == "label pool is a, label zone is not there, taint server is NoSchedule"
    assert api.things["/api/v1/nodes/edge-1"]["metadata"]["labels"] == {"zone": "b"}
    assert api.things["/api/v1/nodes/edge-1"]["spec"]["taints"] == [theirs]
    assert converge(tmp_path, nodes=wanted) == []


def test_a_taint_that_was_taken_off_comes_back_although_others_write_too(api, tmp_path):
    api.things["/api/v1/nodes/edge-1"] = node()
    api.conflicts = 2

    converge(tmp_path, nodes={"edge-1": {"taints": {"server": "NoSchedule"}}})

    assert api.things["/api/v1/nodes/edge-1"]["spec"]["taints"] == [{"key": "server", "effect": "NoSchedule"}]


def test_a_taint_with_a_value_is_told_from_the_same_with_another(api, tmp_path):
    api.things["/api/v1/nodes/edge-1"] = node(taints=[{"key": "slice", "value": "1-0000a1", "effect": "NoSchedule"}])
    wanted = {"edge-1": {"taints": {"slice": "2:NoSchedule"}}}

    ((_, _, reason),) = converge(tmp_path, nodes=wanted)

    assert reason == "taint slice is 1-0000a1:NoSchedule"
    assert api.things["/api/v1/nodes/edge-1"]["spec"]["taints"] == [
        {"key": "slice", "value": "2", "effect": "NoSchedule"}
    ]
    assert converge(tmp_path, nodes=wanted) == []


def test_who_the_cluster_knows_is_told(api, tmp_path):
    api.things["/api/v1/nodes/edge-1"] = node()
    asking = objects.Asking()

    converge(tmp_path, asking, nodes={"edge-1": {}, "edge-2": {"labels": {"pool": "a"}}})

    assert asking.members == ["edge-1"]


def test_a_node_that_registers_again_is_waited_for(api, tmp_path):
    api.things["/api/v1/nodes/edge-1"] = node()

    wanted = {"edge-1": {"taints": {"server": "NoSchedule"}}}
    assert converge(tmp_path, objects.Asking(registering="edge-1"), nodes=wanted) == []

    assert api.waited == ["/readyz", "/api/v1/nodes/edge-1"]
    assert api.things["/api/v1/nodes/edge-1"]["spec"]["taints"] == [{"key": "server", "effect": "NoSchedule"}]


@pytest.mark.parametrize(
    ("live", "wanted", "covered"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": [{"name": "x", "image": "1"}, {"name": "y"}]}, {"a": [{"name": "x", "image": "1"}]}, True),
        ({"a": [{"name": "x", "image": "2"}]}, {"a": [{"name": "x", "image": "1"}]}, False),
        ([], [{"name": "x"}], False),
        ("1", 1, False),
        (None, {}, False),
    ],
)
def test_covers(live, wanted, covered):
    assert objects.covers(live, wanted) is covered


KEY = {
    "key": 20,
    "object": {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "keys", "namespace": "kube-system"},
        "stringData": {"keys": "3+ rfc4106(gcm(aes)) {key} 128"},
    },
}
KEY_PATH = "/api/v1/namespaces/kube-system/secrets/keys"


def test_a_key_is_made_up_once_and_left_alone_ever_after(api, tmp_path):
    assert converge(tmp_path, once=[KEY], objects=[CONFIG])[0] == ("Secret kube-system/keys", "create", "isn't there")
    made = api.things[KEY_PATH]["stringData"]["keys"]
    assert re.fullmatch(r"3\+ rfc4106\(gcm\(aes\)\) [0-9a-f]{40} 128", made)

    api.things[KEY_PATH]["stringData"]["keys"] = "4+ another"
    assert converge(tmp_path, once=[KEY], objects=[CONFIG]) == []
    assert api.things[KEY_PATH]["stringData"]["keys"] == "4+ another"


def test_no_two_keys_are_alike(api, tmp_path):
    converge(tmp_path, once=[KEY], objects=[CONFIG])
    first = api.things.pop(KEY_PATH)["stringData"]["keys"]
    converge(tmp_path, once=[KEY], objects=[CONFIG])

    assert api.things[KEY_PATH]["stringData"]["keys"] != first


def test_before_there_is_a_cluster_the_key_is_to_be_made_too(tmp_path):
    assert converge(tmp_path, once=[KEY], objects=[CONFIG]) == [
        ("Secret kube-system/keys", "create", "isn't there"),
        ("ConfigMap kube-system/net", "create", "isn't there"),
    ]
