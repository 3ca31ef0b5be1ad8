"""What workloads need fits the slice's quota."""

import pytest

from mecctl.sitefile.checks_quotas import pods, resources
from tests.sitefile.parts import CACHE, EMBB, told

QUOTA = {"cpu": "2", "memory": "1Gi", "pods": 4}
SMALL = EMBB | {"quota": QUOTA}


def test_a_quota_of_pods_holds_the_replicas():
    assert told(pods, slices=[SMALL], workloads=[CACHE | {"replicas": 4}]) == []
    assert told(pods, slices=[SMALL], workloads=[CACHE | {"replicas": 5}]) == [
        (
            "spec.slices[0].quota.pods: the slice's workloads have 5 replicas, and the quota is 4 pods; at least 5, "
            "or fewer replicas"
        )
    ]


def test_a_quota_holds_what_all_replicas_may_use():
    cache = CACHE | {"replicas": 3, "resources": {"cpu": "750m", "memory": "400Mi"}}
    web = CACHE | {"name": "web", "resources": {"cpu": "0.5", "memory": "100M"}}
    assert told(resources, slices=[SMALL], workloads=[cache, web]) == [
        (
            "spec.slices[0].quota.cpu: the slice's workloads may use 2750m in sum: cache 3 x 750m, web 1 x 500m; the "
            "quota is 2; at least 2750m, or fewer or smaller replicas"
        ),
        (
            "spec.slices[0].quota.memory: the slice's workloads may use 1.3Gi in sum: cache 3 x 400Mi, web 1 x 95.4Mi; "
            "the quota is 1Gi; at least 1.3Gi, or fewer or smaller replicas"
        ),
    ]


def test_who_does_not_say_gets_the_slices_default():
    (found,) = told(resources, slices=[SMALL], workloads=[CACHE | {"replicas": 5, "resources": {"memory": "1Mi"}}])
    assert "may use 2500m in sum: cache 5 x 500m; the quota is 2" in found


@pytest.mark.parametrize("quota", [None, {"pods": 1}])
def test_without_an_amount_nothing_is_over_it(quota):
    assert told(resources, slices=[EMBB | {"quota": quota}], workloads=[CACHE | {"replicas": 100}]) == []
