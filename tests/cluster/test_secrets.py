"""Secrets of workloads reach the cluster and nothing else, on a real API server."""

from collections.abc import Iterator
from typing import Any

import pytest

from mecctl.cluster.steps import Cluster
from mecctl.errors import MecctlError
from mecctl.plan.progress import Silent
from mecctl.sitefile import SiteFolder
from tests.cluster.hollow import kubelets
from tests.stacks.rendering import CACHE, VIDEO, site
from tests.support.apiserver import ApiServer
from tests.support.canaries import found

pytestmark = pytest.mark.e2e

VALUES = {"cache/DB_PASSWORD": 'c4n4ry-5e1/9+e"1', "cache/TOKEN": "c4n4ry-token-77", "cache/NOTE": "two\nlines c4n4ry"}
SLICE = "slice-1-0000a1"


class Heard(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def log(self, text: str) -> None:
        self.said.append(text)

    def begin(self, task: str, total: float | None = None, unit: str = "") -> None:
        self.said.append(task)


@pytest.fixture(scope="module")
def api(api_server: ApiServer) -> Iterator[ApiServer]:
    with kubelets(api_server):
        yield api_server


@pytest.fixture
def make(tmp_path, api: ApiServer) -> Iterator[Any]:
    heard = Heard()

    def make(values: dict[str, str] = VALUES, **more: Any) -> Cluster:
        env = {name.partition("/")[2]: {"fromSecret": "x"} for name in values}
        workload = CACHE | {"env": env} | more
        folder = SiteFolder(tmp_path, site(slices=[VIDEO], workloads=[workload], lab={}), secrets=values)
        return Cluster(folder, api.kubeconfig, heard)

    make.heard = heard  # type: ignore[attr-defined]
    yield make
    make().destroy()


def test_they_are_where_they_belong_and_nowhere_else(make, tmp_path, api):
    said: list[str] = [str(make().plan()), str(make().apply())]
    assert make().plan() == ()
    with api.client() as client:
        secret = client.get("v1", "Secret", "cache-env", SLICE)
        deployment = client.get("apps/v1", "Deployment", "cache", SLICE)
    assert all(found(value, str(secret)) for value in VALUES.values())
    changed = VALUES | {"cache/TOKEN": "c4n4ry-token-78"}
    planned = make(changed).plan()
    assert {change.subject for change in planned} == {
        f"workloads: v1/Secret {SLICE}/cache-env",
        f"workloads: apps/v1/Deployment {SLICE}/cache",
    }
    assert make(changed).apply() == planned
    said += [str(planned), str(deployment)]
    for bad in ({"image": "mecctl.io/web:1", "resources": {"cpu": "999"}}, {"args": ["x"]}):
        said.append(str(make(changed, **bad).plan()))
    said += make.heard.said
    for value in {*VALUES.values(), *changed.values()}:
        assert found(value, *said, tmp_path) == []


def test_a_refusal_by_the_api_server_tells_no_secret(make, tmp_path):
    values = VALUES | {"cache/BIG": "c4n4ry-big" + "x" * 2**20}
    with pytest.raises(MecctlError) as failed:
        make(values).apply()
    error: BaseException | None = failed.value
    said = list(make.heard.said)
    while error:
        said.append(f"{error!r} {error} {vars(error)}")
        error = error.__cause__ or error.__context__
    assert "cache-env" in "".join(said)
    assert "Too long" in "".join(said)
    for value in (*VALUES.values(), "c4n4ry-big"):
        assert found(value, *said, tmp_path) == []
