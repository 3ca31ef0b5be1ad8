import pytest
from ansible.module_utils.mecctl import tokens
from ansible.module_utils.mecctl.item import NodeError


class Api:
    """An API server that knows a new token when it is asked the second time."""

    def __init__(self, status=201, knows=True):
        self.status, self.knows, self.asked, self.made = status, knows, 0, {}

    def request(self, _method, path, body=None):
        if path.endswith("/secrets"):
            self.made = body
            return self.status, {"message": "forbidden"}
        self.asked += 1
        made = self.made["stringData"]
        right = body["spec"]["token"] == f"{made['token-id']}.{made['token-secret']}"
        return 201, {"status": {"authenticated": True} if right and self.knows and self.asked > 1 else {"error": "no"}}


def test_a_token_is_short_lived_and_known_before_it_is_handed_out():
    api = Api()

    name, secret = tokens.make(api).split(".")

    assert (len(name), len(secret)) == (6, 16)
    assert api.made["metadata"]["name"] == f"bootstrap-token-{name}"
    assert api.made["stringData"]["expiration"].endswith("Z")
    assert api.asked == 2


def test_a_refusal_is_told():
    with pytest.raises(NodeError) as caught:
        tokens.make(Api(status=403))

    assert caught.value.why == "forbidden"


def test_an_api_server_that_does_not_know_its_token_is_told(monkeypatch):
    monkeypatch.setattr(tokens, "KNOWN_WITHIN", 0.2)

    with pytest.raises(NodeError, match="doesn't take the token") as caught:
        tokens.make(Api(knows=False))

    assert caught.value.why == "no"
