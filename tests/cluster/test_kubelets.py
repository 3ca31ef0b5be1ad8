from types import SimpleNamespace
from typing import Any

import pytest

from mecctl.cluster.kubelets import wait_kubelets_answer
from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError


class Server:
    """An API server whose calls to kubelets end as listed, then well."""

    def __init__(self, **refusals: list[int]) -> None:
        self.refusals = refusals
        self.paused: list[float] = []
        self.stop = SimpleNamespace(pause=self.paused.append)

    def request(self, method: str, path: str) -> str:
        left = self.refusals[path.split("/")[4]]
        assert (method, path.rpartition("/proxy")[2]) == ("GET", "/healthz")
        if left:
            raise KubeError(left.pop(0), "", "remote error: tls: internal error")
        return "ok"


def wait(server: Any, timeout: float = 5) -> None:
    wait_kubelets_answer(server, server.refusals, timeout)


def test_those_that_answer_cost_no_pause():
    server = Server(one=[], two=[])
    wait(server)

    assert server.paused == []


def test_one_without_its_certificate_is_waited_for():
    server = Server(one=[500, 503], two=[])
    wait(server)

    assert server.refusals == {"one": [], "two": []}
    assert len(server.paused) == 2


def test_one_that_gets_none_is_named_with_what_the_server_said():
    with pytest.raises(MecctlError, match="can't call the kubelet within 0 s") as caught:
        wait(Server(one=[], two=[500] * 10), timeout=0)

    assert caught.value.where == "two"
    assert "tls: internal error" in str(caught.value.why)
    assert "kubectl get csr" in str(caught.value.fix)


def test_another_refusal_is_not_waited_out():
    with pytest.raises(KubeError):
        wait(Server(one=[403]))
