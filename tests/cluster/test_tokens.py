"""Every token by which machines join is taken back, and nothing else."""

from typing import Any

from mecctl.cluster.tokens import CERTIFICATES, TYPE, revoke


class Client:
    def __init__(self):
        self.secrets = {"bootstrap-token-abc": TYPE, "bootstrap-token-def": TYPE, CERTIFICATES: "Opaque", "x": "Opaque"}

    def request(self, method, path, *, params):
        assert (method, path) == ("GET", "/api/v1/namespaces/kube-system/secrets")
        field, value = params["fieldSelector"].split("=")
        names = [name for name, kind in self.secrets.items() if value == (kind if field == "type" else name)]
        return {"items": [{"metadata": {"name": name}} for name in names] or None}

    def delete(self, thing):
        del self.secrets[thing["metadata"]["name"]]


def test_tokens_and_the_uploaded_key_go():
    client: Any = Client()

    changes = revoke(client)

    assert client.secrets == {"x": "Opaque"}
    assert [change.subject.rpartition(" ")[2] for change in changes] == [
        "bootstrap-token-abc",
        "bootstrap-token-def",
        CERTIFICATES,
    ]
    assert revoke(client) == ()
