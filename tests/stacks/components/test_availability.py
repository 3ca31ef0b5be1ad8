from typing import Any

import pytest

from tests.stacks.rendering import CACHE, VIDEO, Recorder, render, site


def made(replicas: int = 2, **video: Any) -> Recorder:
    return render("workloads", site(slices=[VIDEO | video], workloads=[CACHE | {"replicas": replicas}]))


def test_replicas_of_a_slice_that_promises_to_serve_are_drained_one_at_a_time():
    budget = made(availability="95%").find("PodDisruptionBudget", "cache", "slice-1-0000a1")

    assert budget["spec"] == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": {"app.kubernetes.io/name": "cache"}},
    }


def test_a_single_replica_does_not_stop_a_drain_and_no_promise_needs_a_budget():
    assert made(1, availability="95%").names("PodDisruptionBudget") == set()
    assert made().names("PodDisruptionBudget") == set()


@pytest.mark.parametrize("share", [None, "99.9%"])
def test_replicas_keep_apart_where_they_can(share):
    (constraint,) = made(availability=share).find("Deployment")["spec"]["template"]["spec"]["topologySpreadConstraints"]

    assert constraint == {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "cache"}},
    }


def test_from_four_nines_on_they_always_keep_apart():
    spec = made(availability="99.99%").find("Deployment")["spec"]["template"]["spec"]

    (constraint,) = spec["topologySpreadConstraints"]
    assert constraint["whenUnsatisfiable"] == "DoNotSchedule"
    assert constraint["minDomains"] == 2
    assert constraint["nodeTaintsPolicy"] == "Honor"
    assert constraint["matchLabelKeys"] == ["pod-template-hash"]
