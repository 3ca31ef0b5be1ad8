"""What a workload requires serves before it starts, really."""

import pytest

from mecctl.engine.kube import KubeClient
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e


def test_a_workload_is_made_once_that_which_it_requires_is_ready(sliced: LiveSite):
    with KubeClient.from_kubeconfig(sliced.folder.state / "kubeconfig") as client:
        made = {one["metadata"]["name"]: one for one in client.list("apps/v1", "Deployment")}
    conditions = {one["type"]: one for one in made["cache"]["status"]["conditions"]}

    assert conditions["Available"]["status"] == "True"
    assert made["control"]["metadata"]["creationTimestamp"] >= conditions["Available"]["lastTransitionTime"]
