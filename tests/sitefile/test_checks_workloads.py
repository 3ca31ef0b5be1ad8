from typing import Any

import pytest

from mecctl.sitefile import checks_workloads
from tests.sitefile.parts import CACHE, EMBB, told

DATA = {"name": "data", "path": "/data", "size": "1Gi"}
CONF = {"path": "/etc/app.conf", "text": ""}


def said(check: Any, **more: Any) -> list[str]:
    return [one.removeprefix("spec.workloads[0].") for one in told(check, workloads=[CACHE | more])]


def test_replicas_beside_scale():
    found = said(checks_workloads.scale, replicas=2, scale={"max": 3}, resources={"cpu": "100m"})

    assert found == ["replicas: cache has scale too; one of them"]


def test_scale_without_a_request_to_be_a_share_of():
    work = CACHE | {"scale": {"max": 3}}
    open_ = EMBB | {"isolation": "none"}

    assert told(checks_workloads.scale, slices=[open_], workloads=[work]) == [
        (
            "spec.workloads[0].scale: cache scales by a share of the CPU that it requests, and requests none; "
            "resources: {cpu: …} beside it"
        )
    ]
    for part in (EMBB, open_ | {"quota": {"cpu": "2"}}):
        assert told(checks_workloads.scale, slices=[part], workloads=[work]) == []
    assert told(checks_workloads.scale, slices=[open_], workloads=[work | {"resources": {"cpu": "1"}}]) == []


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            {"files": [CONF, CONF]},
            "files[1].path: /etc/app.conf is also the path of file 1; a path of its own",
        ),
        (
            {"files": [CONF | {"path": "/data"}], "storage": [DATA]},
            "files[0].path: /data is also the path of volume data; a path of its own",
        ),
        (
            {"storage": [DATA | {"path": "/tmp"}]},  # noqa: S108
            "storage[0].path: /tmp is also the path of the pod's own folder for temporary files; a path of its own",
        ),
        (
            {"files": [CONF | {"path": "/etc/app"}, CONF | {"path": "/etc/app/a"}]},
            "files[0].path: /etc/app is a folder of /etc/app/a; another path",
        ),
    ],
)
def test_paths_that_meet(more, problem):
    assert said(checks_workloads.paths, **more) == [problem]


def test_a_file_inside_a_volume_is_fine():
    assert said(checks_workloads.paths, files=[CONF | {"path": "/data/app.conf"}], storage=[DATA]) == []


@pytest.mark.parametrize("name", ["data", "tmp"])
def test_a_volumes_name_that_is_taken(name):
    found = said(checks_workloads.volumes, storage=[DATA, DATA | {"name": name, "path": "/other"}])

    assert found == [f"storage[1].name: {name} is taken; each name once, and not tmp"]


def test_files_too_big_for_one_config_map():
    half = {"path": "/a", "text": "x" * 600_000}
    found = said(checks_workloads.file_sizes, files=[half, half | {"path": "/b"}])

    assert found == ["files: the files are 1200000 bytes together; at most 1048576"]


@pytest.mark.parametrize("probe", [{"http": {}}, {"tcp": {}}])
def test_a_probe_with_nothing_to_ask(probe):
    found = said(checks_workloads.probes, ports=[{"port": 53, "protocol": "UDP"}], probes={"liveness": probe})

    assert found == [
        "probes.liveness: this asks no port, and cache has no TCP port; port: with the number it listens on, or exec:"
    ]
    assert said(checks_workloads.probes, ports=[80], probes={"liveness": probe}) == []
    assert said(checks_workloads.probes, probes={"liveness": {"exec": ["true"]}}) == []


def test_sctp_under_cilium():
    assert said(checks_workloads.protocols, ports=[{"port": 80, "protocol": "SCTP"}]) == [
        "ports[0]: SCTP isn't carried by Cilium as mecctl installs it; TCP or UDP, or k3s with flannel"
    ]
