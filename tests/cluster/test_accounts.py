from mecctl.cluster import accounts
from mecctl.plan.change import Change
from tests.cluster.objects import account, cluster
from tests.stacks.rendering import full_site

CHANGE = Change("slices: v1/ServiceAccount slice-2/default", "update", accounts.REASON)


def test_the_plan_is_what_is_done():
    client = cluster(ServiceAccount=[account("slice-1-0000a1", False), account("slice-2"), account("default")])

    assert accounts.plan(client, full_site()) == (CHANGE,)
    assert client.applied == []
    assert accounts.close(client, full_site()) == (CHANGE,)
    assert [(one["metadata"]["namespace"], one["automountServiceAccountToken"]) for one in client.applied] == [
        ("slice-2", False)
    ]


def test_accounts_that_are_not_there_yet_are_planned_too():
    assert len(accounts.plan(cluster(), full_site())) == 2


def test_nothing_to_do():
    client = cluster(ServiceAccount=[account("slice-1-0000a1", False), account("slice-2", False)])

    assert accounts.close(client, full_site()) == ()
    assert client.applied == []
