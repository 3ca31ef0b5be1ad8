"""Slices as a whole: quota and annotations."""

import pytest
from pydantic import ValidationError

from mecctl.model import Quota, Slice
from mecctl.model.notes import MOST_NOTES


def test_quota_is_canonical():
    assert Quota.model_validate({"cpu": 2, "memory": "1024Mi", "pods": 20}) == Quota(cpu="2", memory="1Gi", pods=20)


@pytest.mark.parametrize("key", ["max-ues", "kubernetes.io/x", "mec.io/", "mec.io/-x", "mec.io/a b", "mec.io/a\n"])
def test_annotations_are_ours_alone(key):
    with pytest.raises(ValidationError, match=r"mec\.io/ and a name, for example mec\.io/max-ues"):
        Slice.model_validate({"name": "s", "snssai": {"sst": 1}, "annotations": {key: "x"}})


def test_annotations_that_kubernetes_would_not_take():
    notes = {"mec.io/a": "x" * (MOST_NOTES - 8)}
    Slice.model_validate({"name": "s", "snssai": {"sst": 1}, "annotations": notes})
    with pytest.raises(ValidationError, match=f"are {MOST_NOTES + 1} bytes together; at most {MOST_NOTES}"):
        Slice.model_validate({"name": "s", "snssai": {"sst": 1}, "annotations": {"mec.io/ab": notes["mec.io/a"]}})
