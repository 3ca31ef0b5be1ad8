import pytest

from mecctl.model import Quota
from stacks.components.budget import DEFAULT_LIMIT, hard, within


def test_a_quota_counts_requests_and_limits():
    assert hard(Quota(cpu="2", pods=5)) == {"requests.cpu": "2", "limits.cpu": "2", "pods": "5"}


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        (None, {"cpu": "500m", "memory": "256Mi"}),
        (Quota(cpu="2", memory="2Gi"), {"cpu": "500m", "memory": "256Mi"}),
        (Quota(cpu="200m", memory="100M"), {"cpu": "200m", "memory": "100M"}),
        (Quota(pods=3), {"cpu": "500m", "memory": "256Mi"}),
    ],
)
def test_defaults_never_exceed_the_quota(quota, expected):
    assert within(DEFAULT_LIMIT, quota) == expected
