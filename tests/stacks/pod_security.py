"""The Pod Security Standards' level `restricted` as a check, written from its text.

Source: kubernetes.io/docs/concepts/security/pod-security-standards, tables Baseline and Restricted.
"""

from typing import Any

VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}


def violations(pod: dict[str, Any]) -> list[str]:
    """Return every rule that a pod's spec breaks."""
    shared = pod.get("securityContext", {})
    found = [f"{key} is set" for key in ("hostNetwork", "hostPID", "hostIPC") if pod.get(key)]
    found += [f"sysctl {s['name']}" for s in shared.get("sysctls", []) if s["name"] not in SYSCTLS]
    found += [f"volume {v['name']}" for v in pod.get("volumes", []) if not (v.keys() - {"name"}) <= VOLUMES]
    for container in [*pod.get("containers", []), *pod.get("initContainers", [])]:
        found += [f"{container['name']}: {fault}" for fault in _container(container, shared)]
    return found


def _container(container: dict[str, Any], shared: dict[str, Any]) -> list[str]:
    own = container.get("securityContext", {})
    both = shared | own
    caps = own.get("capabilities", {})
    rules = {
        "privileged": not own.get("privileged"),
        "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
        "runAsNonRoot": both.get("runAsNonRoot") is True,
        "runAsUser": both.get("runAsUser") != 0,
        "seccompProfile": both.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost"),
        "capabilities drop": "ALL" in caps.get("drop", []),
        "capabilities add": set(caps.get("add", [])) <= {"NET_BIND_SERVICE"},
        "procMount": own.get("procMount", "Default") == "Default",
        "hostPort": not any(port.get("hostPort") for port in container.get("ports", [])),
    }
    return [rule for rule, held in rules.items() if not held]
