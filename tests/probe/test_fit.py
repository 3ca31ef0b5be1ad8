from typing import Any

from mecctl.model import Slice
from mecctl.probe.fit import fitted
from mecctl.probe.pod import probe_pod


def spec(**more: Any) -> dict[str, Any]:
    part = Slice.model_validate({"name": "video", "snssai": {"sst": 1, "sd": "0000a1"}, **more})
    found: dict[str, Any] = fitted(probe_pod("mecctl-probe-1", part.namespace, []), part)["spec"]
    return found


def test_in_most_slices_it_stays_as_it_is():
    assert spec() == probe_pod("mecctl-probe-1", "slice-1-0000a1", [])["spec"]


def test_it_runs_where_the_slices_pods_do():
    assert spec(pool="own")["nodeSelector"] == {"mec.io/pool": "own"}
    assert "tolerations" not in spec(pool="own")
    assert spec(pool="own", isolation="physical")["tolerations"] == [
        {"key": "mec.io/slice", "operator": "Equal", "value": "1-0000a1", "effect": "NoSchedule"}
    ]


def test_it_reserves_what_it_may_use_where_all_pods_do():
    (container,) = spec(isolation="virtual-resource")["containers"]
    assert container["resources"]["requests"] == container["resources"]["limits"] == {"cpu": "200m", "memory": "64Mi"}
