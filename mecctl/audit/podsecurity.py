"""What a pod asks for beyond what a tenant's pod needs: one function each, true where a container asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.pods import security, setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Object
    from mecctl.audit.pods import Workload

# More than the container runtime gives without being asked, and enough to leave the container or watch its neighbours.
DANGEROUS = frozenset(
    {"ALL", "SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "SYS_TIME", "SYS_CHROOT"}
    | {"BPF", "PERFMON", "DAC_READ_SEARCH", "DAC_OVERRIDE", "MAC_ADMIN", "MAC_OVERRIDE", "NET_RAW", "SYSLOG", "MKNOD"}
)
_PROFILES = frozenset({"RuntimeDefault", "Localhost"})


def privileged(_: Workload, container: Object) -> bool:
    """Ask for all of the machine."""
    return bool(security(container).get("privileged"))


def escalates(_: Workload, container: Object) -> bool:
    """Let a program get more rights than what started it; so it is where nothing forbids it."""
    return security(container).get("allowPrivilegeEscalation") is not False


def as_root(workload: Workload, container: Object) -> bool:
    """Run as root, or as whoever the image says."""
    user = setting(workload, container, "runAsUser")
    return user == 0 or not (user or setting(workload, container, "runAsNonRoot"))


def writes_own_system(_: Workload, container: Object) -> bool:
    """Write to the container's own file system."""
    return not security(container).get("readOnlyRootFilesystem")


def raw_packets(_: Workload, container: Object) -> bool:
    """Keep the right to make packets of any sort (NET_RAW), which runtimes give."""
    capabilities = security(container).get("capabilities") or {}
    dropped, added = set(capabilities.get("drop") or ()), set(capabilities.get("add") or ())
    return not dropped & {"ALL", "NET_RAW"} or bool(added & {"ALL", "NET_RAW"})


def keeps_capabilities(_: Workload, container: Object) -> bool:
    """Keep any of root's rights but NET_BIND_SERVICE."""
    capabilities = security(container).get("capabilities") or {}
    return "ALL" not in (capabilities.get("drop") or ()) or bool(
        set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}
    )


def dangerous_capabilities(_: Workload, container: Object) -> bool:
    """Ask for a right that leads out of the container."""
    return bool(set((security(container).get("capabilities") or {}).get("add") or ()) & DANGEROUS)


def unconfined(workload: Workload, container: Object) -> bool:
    """Run without a seccomp profile."""
    return (setting(workload, container, "seccompProfile") or {}).get("type") not in _PROFILES


def host_port(_: Workload, container: Object) -> bool:
    """Take a port of the machine."""
    return any(port.get("hostPort") for port in container.get("ports") or ())


def secret_variable(_: Workload, container: Object) -> bool:
    """Get a secret as an environment variable, which logs and crash reports tell."""
    one_by_one = any("secretKeyRef" in (one.get("valueFrom") or {}) for one in container.get("env") or ())
    return one_by_one or any("secretRef" in one for one in container.get("envFrom") or ())


def unlimited(workload: Workload, container: Object) -> bool:
    """Lack any part of a security context that a hardened pod has."""
    return escalates(workload, container) or as_root(workload, container) or keeps_capabilities(workload, container)


def of_pod(key: str) -> Callable[[Workload, Object], bool]:
    """Return a question for a switch of the pod's spec, for example `hostPID`."""
    return lambda workload, _: bool(workload.spec.get(key))


def host_path(workload: Workload, _: Object) -> bool:
    """Get a folder of the machine."""
    return any("hostPath" in volume for volume in workload.spec.get("volumes") or ())


def host_process(workload: Workload, container: Object) -> bool:
    """Run on the Windows machine itself."""
    return bool((setting(workload, container, "windowsOptions") or {}).get("hostProcess"))
