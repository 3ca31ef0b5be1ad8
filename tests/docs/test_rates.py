"""What the guide says of rates is what the code knows."""

import re
from pathlib import Path

import yaml

from mecctl.model import FIVE_QI, Node, Slice
from sliceagent import metrics
from stacks.components.sliceagent import METRICS_PORT, NAME, NAMESPACE

GUIDE = (Path(__file__).parents[2] / "docs/guide/rates.md").read_text()
SLICES, NODES = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))


def test_the_site_file_of_the_guide():
    (video,) = [Slice.model_validate(one) for one in SLICES["slices"]]
    (node,) = [Node.model_validate(one) for one in NODES["nodes"]]

    assert video.model_dump()["throughput"]["downlink"]["per_pod"] == "20Mbps"
    assert node.link == 10**9


def test_every_metric_is_in_the_guide():
    assert set(re.findall(r"mecctl_slice_\w+", GUIDE)) == set(metrics._HELP)
    assert f"port {METRICS_PORT} " in GUIDE
    assert f"`{NAME}` in the namespace `{NAMESPACE}`" in GUIDE


def test_the_code_points_of_the_guide():
    rows = re.findall(r"^\| ([\d, ]+) \| [^|]*\((\d+)\) \|$", GUIDE, re.MULTILINE)
    told = {int(value): int(dscp) for values, dscp in rows for value in values.split(",")}

    assert told == {value: found.dscp for value, found in FIVE_QI.items()}
