"""How the kubelet asks a workload's container whether it has started, serves and lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, ProbeArgsDict

    from mecctl.model import Probe, Workload


def ask(container: ContainerArgsDict, workload: Workload) -> None:
    """Put the probes into a container: the workload's own, else a connection to its first TCP port if it has one."""
    own, first = workload.probes, workload.tcp_ports[0].target if workload.tcp_ports else None
    startup = _probe(own.startup, first) if own.startup else _connects(first, period=1, failures=120)
    readiness = _probe(own.readiness, first) if own.readiness else _connects(first, period=5, failures=2)
    liveness = _probe(own.liveness, first) if own.liveness else _connects(first, period=10, failures=3)
    if startup:
        container["startup_probe"] = startup
    if readiness:
        container["readiness_probe"] = readiness
    if liveness:
        container["liveness_probe"] = liveness


def _probe(probe: Probe, first: int | None) -> ProbeArgsDict:
    """A probe that names no port asks the first TCP port, which the site file's checks have found to be there."""
    often: ProbeArgsDict = {
        "period_seconds": probe.period,
        "timeout_seconds": probe.timeout,
        "failure_threshold": probe.failures,
    }
    if probe.http:
        return {**often, "http_get": {"path": probe.http.path, "port": probe.http.port or first or 0, "scheme": "HTTP"}}
    if probe.tcp:
        return {**often, "tcp_socket": {"port": probe.tcp.port or first or 0}}
    return {**often, "exec_": {"command": list(probe.exec or ())}}


def _connects(port: int | None, *, period: int, failures: int) -> ProbeArgsDict | None:
    if port is None:
        return None
    return {"tcp_socket": {"port": port}, "period_seconds": period, "failure_threshold": failures}
