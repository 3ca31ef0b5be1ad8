"""`appd:` in a workload: what is taken, what the site file overrides, and errors that name the descriptor's file."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data" / "appd"
CACHE = '{name: cache, slice: embb, image: "mecctl.io/web:1", replicas: 2, ports: [8080]}'
POLICIES = "  policies:\n    - {from: {slice: urllc}, to: {slice: embb, workload: cache, ports: [8080]}}\n"
APPD = "{name: cache, slice: embb, replicas: 2, appd: apps/a.json}"


@pytest.fixture
def write(folder):
    (folder / "apps").mkdir()

    def write_appd(**changed) -> None:
        whole = {**json.loads((DATA / "v2.json").read_text()), "appServiceRequired": None, **changed}
        given = {key: value for key, value in whole.items() if value is not None}
        (folder / "apps" / "a.json").write_text(json.dumps(given, indent=1))

    return write_appd


def test_what_the_appd_gives_and_the_site_file_overrides(write, edited):
    write()
    work = edited((CACHE, APPD)).site.workloads[0]
    assert (work.name, work.image, work.replicas) == ("cache", "registry.local/video-analytics:1.0.0", 2)
    assert [port.port for port in work.ports] == [8080]
    assert work.annotations["mec.io/appd-appProvider"] == "ExampleCo"


def test_the_site_file_wins_and_says_so(write, edited):
    write()
    found = edited((CACHE, APPD.replace("appd:", 'image: "mecctl.io/web:1", appd:')))
    assert found.site.workloads[0].image == "mecctl.io/web:1"
    assert "workload cache: apps/a.json: site.yaml's own image is used instead of the AppD's" in found.warnings


def test_a_rule_whose_tag_is_a_slice_opens_a_port(write, edited):
    rule = json.loads((DATA / "v2.json").read_text())["appTrafficRule"][0]
    write(appTrafficRule=[{**rule, "trafficFilter": [{"dstPort": ["8080"], "tag": ["urllc", "nobody"]}]}])
    found = edited((CACHE, APPD), (POLICIES, ""))
    (policy,) = found.site.policies
    assert (policy.source.slice, policy.target.workload, policy.target.ports) == ("urllc", "cache", (8080,))
    assert any("no slice here is called nobody" in warning for warning in found.warnings)


LOCATION = {"serName": "LS", "version": "1.0"}
MAP = "    - {name: map, slice: embb, image: x:1, ports: [80], provides: [{name: LS, version: 2.1.1}]}\n"


def test_a_required_service_is_one_that_a_workload_provides(write, edited, told):
    write(appServiceRequired=[LOCATION])
    assert told((CACHE, APPD)) == [
        (
            "site.yaml:18: spec.workloads[0].requires[0]: no workload of the site provides LS; one of: va; or "
            "`requires: []` to run it without"
        )
    ]
    assert edited((CACHE, APPD.replace("appd:", "requires: [], appd:"))).site.workloads[0].requires == ()
    assert edited((CACHE, APPD), (POLICIES, MAP + POLICIES)).site.workloads[0].requires == ("LS",)


def test_a_maximum_latency_counts_where_somebody_says_how_far_the_site_is(write, edited, told):
    write(appLatency={"maxLatency": 5_000_000})
    found = edited((CACHE, APPD))
    assert found.site.workloads[0].maximum_latency is None
    why = "its maximum latency can't be honoured: neither the site nor a node declares its own"
    assert f"workload cache: apps/a.json: {why}" in found.warnings
    near = edited((CACHE, APPD), ("  slices:\n", "  latency: 5ms\n  slices:\n"))
    assert near.site.workloads[0].maximum_latency == 5_000_000
    (said,) = told((CACHE, APPD), ("  slices:\n", "  latency: 6ms\n  slices:\n"))
    assert "edge-2 is 6ms away, and at most 5ms is asked" in said


def test_the_descriptors_faults_name_its_file_and_place(write, told, folder):
    write(appName=None, swImageDescriptor=None, appLatency={"maxLatency": -1})
    file = folder / "apps" / "a.json"
    said = told((CACHE, APPD))
    assert len(said) == 3
    assert all(line.startswith(("apps/a.json:", str(file))) for line in said)
    write(swImageDescriptor="no image")
    (only,) = told((CACHE, APPD))
    assert "swImageDescriptor: 'no image' isn't a container image with its version" in only


def test_a_file_that_is_not_there_or_is_empty(write, told, folder):
    assert "there is no file" in told((CACHE, APPD))[0]
    (folder / "apps" / "a.json").write_bytes(b"")
    assert "is empty" in told((CACHE, APPD))[0]
