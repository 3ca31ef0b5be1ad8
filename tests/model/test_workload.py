from typing import Any

import pytest
from pydantic import ValidationError

from mecctl.model import Workload


def workload(**more: Any) -> Workload:
    return Workload.model_validate({"name": "cache", "slice": "video", "image": "mecctl.io/web:1", **more})


def fault(**more: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        workload(**more)
    (error,) = refused.value.errors()
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def test_a_number_is_a_tcp_port():
    assert workload(ports=[80, {"port": 53, "protocol": "UDP", "targetPort": 5353}]).ports == (
        *workload(ports=[{"port": 80}]).ports,
        *workload(ports=[{"port": 53, "protocol": "UDP", "target_port": 5353}]).ports,
    )


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("80", "ports.0: '80' isn't a port; a number, or port:, protocol: and targetPort:"),
        (0, "ports.0: 0 isn't a port; from 1 to 65535"),
        (True, "ports.0: True isn't a port; a number, or port:, protocol: and targetPort:"),
        ({"port": 1, "name": "99"}, "ports.0.name: '99' isn't valid here; at most 15"),
        ({"port": 1, "name": "a-name-of-sixteen"}, "ports.0.name: 'a-name-of-sixteen' isn't valid here; at most 15"),
        ({"port": 1, "protocol": "udp"}, "ports.0.protocol: Input should be 'TCP', 'UDP' or 'SCTP'"),
    ],
)
def test_what_is_no_port(port, said):
    assert fault(ports=[port]).startswith(said)


def test_a_port_is_told_with_a_protocol_that_is_not_tcp():
    ports = workload(ports=[80, {"port": 53, "protocol": "UDP"}]).ports

    assert [(port.written, port.label, port.target) for port in ports] == [
        ("80", "tcp-80", 80),
        ("53/UDP", "udp-53", 53),
    ]


def test_how_many_there_are():
    fixed, scaled = workload(replicas=3), workload(scale={"min": 2, "max": 5})

    assert (fixed.fewest, fixed.most, scaled.fewest, scaled.most) == (3, 3, 2, 5)


def test_a_scale_without_room():
    assert fault(scale={"min": 2, "max": 2}).startswith("scale: max 2 leaves no room above min 2")


@pytest.mark.parametrize("probe", [{}, {"http": {}, "tcp": {}}])
def test_a_probe_asks_in_one_way(probe):
    assert fault(probes={"readiness": probe}).startswith("probes.readiness: this must ask in one way")


@pytest.mark.parametrize("period", ["500ms", "0s", 5, "61m"])
def test_times_of_a_probe_are_whole_seconds(period):
    assert "can't be waited for; whole seconds" in fault(probes={"liveness": {"tcp": {}, "period": period}})


def test_what_it_is_read_back_from_is_what_it_was():
    work = workload(
        ports=[80, {"port": 53, "protocol": "UDP"}],
        files=[{"path": "/a", "fromEnv": "A"}, {"path": "/b", "text": ""}],
        storage=[{"name": "data", "path": "/data", "size": "1024Mi", "class": "fast"}],
        probes={"startup": {"exec": ["true"], "period": "2m"}},
        scale={"max": 3},
    )

    assert Workload.model_validate_json(work.model_dump_json(by_alias=True)) == work
    assert work.storage[0].size == "1Gi"


def test_secrets_of_variables_and_files_are_told_apart():
    work = workload(env={"KEY": {"fromEnv": "A"}, "B": "b"}, files=[{"path": "/KEY", "fromFile": "c"}])

    assert list(work.secrets) == ["KEY", "/KEY"]
