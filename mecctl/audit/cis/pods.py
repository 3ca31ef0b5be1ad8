"""CIS 5.2: what pods may ask for. Each holds where no pod of a tenant asks for it and no namespace would admit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit import podsecurity as asks
from mecctl.audit.admission import LEVELS, below, default_level
from mecctl.audit.control import Control, Finding, failed, held, in_cluster, passed
from mecctl.audit.pods import SYSTEM, tenants

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Cluster, Object
    from mecctl.audit.pods import Workload


def _refused(question: Callable[[Workload, Object], bool], least: str) -> Callable[[Cluster], Finding]:
    def check(cluster: Cluster) -> Finding:
        running = tenants(cluster)
        bad = sorted({str(one) for one in running for part in one.containers if question(one, part)})
        if bad:
            return failed(
                "pods and pod templates", "; ".join(bad[:6]), "wanted: none outside of the system's namespaces"
            )
        lax = {name: level for name, level in below(cluster, least).items() if name not in SYSTEM}
        if lax:
            told = ", ".join(f"{name} admits {level}" for name, level in sorted(lax.items())[:8])
            return failed("Pod Security of namespaces", told, f"wanted: {least} or stricter everywhere")
        told = (
            f"none of {len(running)} workloads asks for it; all namespaces but {', '.join(sorted(SYSTEM))} are {least}"
        )
        return passed("pods, namespaces' labels, admission configuration", told)

    return check


def _active(cluster: Cluster) -> Finding:
    found = default_level(cluster)
    wanted = f"{LEVELS[1]} or {LEVELS[2]} for namespaces that say nothing"
    return held(found != LEVELS[0], "API servers' admission configuration: PodSecurity", f"enforces {found}", wanted)


def _control(number: int, title: str, question: Callable[[Workload, Object], bool], least: str = "baseline") -> Control:
    return in_cluster(f"5.2.{number}", title, _refused(question, least), "tenant")


CONTROLS = (
    in_cluster("5.2.1", "Something decides which pods are admitted", _active),
    _control(2, "No pod has all of the machine", asks.privileged),
    _control(3, "No pod sees the machine's processes", asks.of_pod("hostPID")),
    _control(4, "No pod shares memory with the machine", asks.of_pod("hostIPC")),
    _control(5, "No pod is in the machine's network", asks.of_pod("hostNetwork")),
    _control(6, "No program of a pod gets more rights than it started with", asks.escalates, "restricted"),
    _control(7, "No pod runs as root", asks.as_root, "restricted"),
    _control(8, "No pod makes packets in another's name", asks.raw_packets, "restricted"),
    _control(9, "No pod keeps root's capabilities", asks.keeps_capabilities, "restricted"),
    _control(10, "No pod runs on a Windows machine itself", asks.host_process),
    _control(11, "No pod gets a folder of the machine", asks.host_path),
    _control(12, "No pod takes a port of the machine", asks.host_port),
)
