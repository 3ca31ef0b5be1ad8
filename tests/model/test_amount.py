"""Amounts as numbers, and as people read them."""

from decimal import Decimal

import pytest

from mecctl.model import Quota, Slice, Workload
from mecctl.model.amount import DEFAULT_LIMIT, amounts, request, within, written
from mecctl.model.quantity import size


@pytest.mark.parametrize(
    ("quantity", "number"),
    [("2", 2), ("500m", Decimal("0.5")), ("1Ki", 1024), ("2Gi", 2 * 2**30), ("100M", 10**8), ("7", 7)],
)
def test_size(quantity, number):
    assert size(quantity) == number


@pytest.mark.parametrize(
    ("name", "amount", "text"),
    [
        ("cpu", "2.5", "2500m"),
        ("cpu", "3", "3"),
        ("memory", "1000000000", "953.7Mi"),
        ("memory", "1073741824", "1Gi"),
        ("memory", "12", "12"),
    ],
)
def test_written(name, amount, text):
    assert written(name, Decimal(amount)) == text


def test_amounts_of_a_quota():
    assert amounts(None) == amounts(Quota(pods=3)) == {}
    assert amounts(Quota(cpu="2", memory="1Gi")) == {"cpu": "2", "memory": "1Gi"}


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


@pytest.mark.parametrize(
    ("more", "resources", "cpu", "memory"),
    [
        ({}, {"cpu": "2", "memory": "1Gi"}, "2", 2**30),
        ({}, None, "0.05", 64 * 2**20),
        ({}, {"cpu": "2"}, "2", 64 * 2**20),
        ({"quota": {"cpu": "20m"}}, None, "0.02", 64 * 2**20),
        ({"isolation": "virtual-resource"}, None, "0.5", 256 * 2**20),
        ({"isolation": "none"}, None, "0", 0),
        ({"isolation": "none", "quota": {"cpu": "1"}}, None, "0.05", 64 * 2**20),
    ],
)
def test_what_a_replica_has_reserved(more, resources, cpu, memory):
    part = Slice.model_validate({"name": "s", "snssai": {"sst": 1}, **more})
    work = Workload.model_validate({"name": "w", "slice": "s", "image": "x:1", "resources": resources})

    assert (request(work, part, "cpu"), request(work, part, "memory")) == (Decimal(cpu), memory)
