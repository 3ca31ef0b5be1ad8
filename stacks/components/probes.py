"""How the kubelet asks a workload's container whether it has started, serves and lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, ProbeArgsDict

    from mecctl.model import Probe, Workload

PATIENT = 2**31 - 1
"""The `failure_threshold` of what is waited for as long as it takes."""


def ask(container: ContainerArgsDict, workload: Workload) -> None:
    """Put the probes into a container: the workload's own, else a connection to its first TCP port if it has one."""
    first = _first(workload)
    if first is not None:
        container["startup_probe"] = _connects(first, period=1, failures=120)
        container["readiness_probe"] = _connects(first, period=5, failures=2)
        container["liveness_probe"] = _connects(first, period=10, failures=3)
    ask_as_told(container, workload)


def ask_as_told(container: ContainerArgsDict, workload: Workload) -> None:
    """Put only the workload's own probes into a container."""
    own, first = workload.probes, _first(workload)
    if own.startup:
        container["startup_probe"] = _probe(own.startup, first)
    if own.readiness:
        container["readiness_probe"] = _probe(own.readiness, first)
    if own.liveness:
        container["liveness_probe"] = _probe(own.liveness, first)


def _first(workload: Workload) -> int | None:
    return workload.tcp_ports[0].target if workload.tcp_ports else None


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


def _connects(port: int, *, period: int, failures: int) -> ProbeArgsDict:
    return {"tcp_socket": {"port": port}, "period_seconds": period, "failure_threshold": failures}
