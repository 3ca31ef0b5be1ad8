"""How far a probe's pod has come, and what it is told of where it doesn't get on."""

from typing import Any

import pytest

from mecctl.errors import MecctlError
from mecctl.probe.pods import has_started, refuse_stuck

RAN = [{"name": "probe", "state": {"terminated": {"exitCode": 1}}}]
EVICTED = {"phase": "Failed", "reason": "Evicted", "message": "The node had condition: [DiskPressure]."}


def pod(**status: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "slice-1", "name": "probe"},
        "spec": {"nodeName": "edge-2", "containers": [{"image": "mecctl.io/probe:1"}]},
        "status": status,
    }


@pytest.mark.parametrize(
    ("status", "started"),
    [
        ({"phase": "Pending"}, False),
        ({"phase": "Running"}, True),
        ({"phase": "Succeeded"}, True),
        ({"phase": "Failed", "reason": "DeadlineExceeded", "containerStatuses": RAN}, True),
        (EVICTED, False),
    ],
)
def test_a_pod_has_started_once_its_container_ran(status, started):
    assert has_started(pod(**status)) is started


def test_one_that_its_node_turns_away_is_told_with_the_nodes_reason():
    with pytest.raises(MecctlError, match="the node edge-2 turns the probe's pod away") as caught:
        refuse_stuck(pod(**EVICTED))

    assert caught.value.why == "Evicted: The node had condition: [DiskPressure]."


@pytest.mark.parametrize("status", [{"phase": "Pending"}, {"phase": "Failed", "containerStatuses": RAN}])
def test_one_that_may_still_come_or_has_run_is_left_alone(status):
    refuse_stuck(pod(**status))
