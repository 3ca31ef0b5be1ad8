"""How often the API server is asked: what a run costs is bounded by the objects it has."""

import pytest

from mecctl.engine.engine import Engine
from mecctl.plan.progress import Silent
from tests.support.cases import PASSPHRASE
from tests.support.proxy import Proxy

pytestmark = pytest.mark.e2e

COUNT = 20
BESIDE = 2  # the version, and the discovery of one group
SOURCE = f"""
for number in range({COUNT}):
    ConfigMap(f"c{{number}}", metadata={{"namespace": ns, "name": f"c{{number}}"}}, data={{"v": "1"}})
"""


def test_an_object_that_stays_costs_one_request_and_a_look_two(case):
    proxy = Proxy(case.kubeconfig, case.folder)
    with proxy.serving(), Engine(case.state, proxy.kubeconfig, PASSPHRASE, Silent()) as engine:
        program = case.program(SOURCE)
        engine.up(program)
        made = len(proxy.seen)
        assert made <= 2 * COUNT + BESIDE
        for act, each in (
            (lambda: engine.up(program), 1),
            (lambda: engine.preview(program), 1),
            (lambda: engine.refresh("case", "dev"), 2),
        ):
            proxy.seen.clear()
            act()
            assert len(proxy.seen) <= each * COUNT + BESIDE
