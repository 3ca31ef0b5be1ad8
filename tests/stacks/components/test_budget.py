from mecctl.model import Quota
from stacks.components.budget import hard


def test_a_quota_counts_requests_and_limits():
    assert hard(Quota(cpu="2", pods=5)) == {"requests.cpu": "2", "limits.cpu": "2", "pods": "5"}
