"""NODE-KERNEL: settings of the kernel that the Debian benchmark (3.3) and dev-sec's linux-baseline ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.control import Control, Finding, excluded, failed, held, on_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Machine

_SHARED = "the node is a container: this setting is the host's kernel's, which isn't the site's to set"
_NO_SYSCTL = "this machine's kernel has no such setting"

NETWORK: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "01": (
        "Redirects of routes aren't believed",
        ("0",),
        ("ipv4.conf.{}.accept_redirects", "ipv6.conf.{}.accept_redirects"),
    ),
    "02": ("Nor those of gateways", ("0",), ("ipv4.conf.{}.secure_redirects",)),
    "03": ("Routes aren't redirected", ("0",), ("ipv4.conf.{}.send_redirects",)),
    "04": (
        "Senders don't choose the route",
        ("0",),
        ("ipv4.conf.{}.accept_source_route", "ipv6.conf.{}.accept_source_route"),
    ),
    "05": ("Routers aren't believed unasked", ("0",), ("ipv6.conf.{}.accept_ra",)),
    "06": ("Floods of connections are withstood", ("1",), ("ipv4.tcp_syncookies",)),
    "07": ("Nobody is flooded by way of broadcasts", ("1",), ("ipv4.icmp_echo_ignore_broadcasts",)),
    "08": ("Wrong answers don't fill the log", ("1",), ("ipv4.icmp_ignore_bogus_error_responses",)),
}
"""Title, values that hold, settings below net; `{}` stands for `all` and `default`."""

MACHINE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "09": ("Programs lie where nobody knows", ("2",), ("kernel.randomize_va_space",)),
    "10": ("The kernel doesn't tell its addresses", ("1", "2"), ("kernel.kptr_restrict",)),
    "11": ("The kernel's log is root's", ("1",), ("kernel.dmesg_restrict",)),
    "12": ("Programs don't read each other's memory", ("1", "2", "3"), ("kernel.yama.ptrace_scope",)),
    "13": ("Only root loads programs into the kernel", ("1", "2"), ("kernel.unprivileged_bpf_disabled",)),
    "14": ("Only root measures the machine", ("2", "3", "4"), ("kernel.perf_event_paranoid",)),
    "15": ("The keyboard doesn't command the kernel", ("0",), ("kernel.sysrq",)),
    "16": ("The machine starts anew after a kernel's fault", ("10",), ("kernel.panic",)),
    "17": ("A fault in the kernel stops it", ("1",), ("kernel.panic_on_oops",)),
    "18": ("Memory is given out as Kubernetes expects", ("1",), ("vm.overcommit_memory",)),
    "19": ("A lack of memory doesn't stop the machine", ("0",), ("vm.panic_on_oom",)),
    "20": (
        "Links and pipes of others are no trap",
        ("1", "2"),
        tuple(f"fs.protected_{one}" for one in ("hardlinks", "symlinks", "fifos", "regular")),
    ),
}


def _settings(names: tuple[str, ...], values: tuple[str, ...], *, shared: bool) -> Callable[[Machine], Finding]:
    def check(machine: Machine) -> Finding:
        found = {name: machine.seen["sysctls"].get(name) for name in names}
        source = f"sysctl {' '.join(found)}"
        there = {name: value for name, value in found.items() if value is not None}
        told = ", ".join(f"{name} = {value}" for name, value in there.items()) or "not there"
        if shared and machine.container and not (there and all(value in values for value in there.values())):
            return excluded(source, told, _SHARED)
        if not there and all(name.startswith(("net.ipv6.", "kernel.yama.")) for name in names):
            return excluded(source, told, _NO_SYSCTL)
        if not there:
            return failed(source, told, f"wanted: {' or '.join(values)}")
        return held(all(value in values for value in there.values()), source, told, " or ".join(values))

    return check


def _network(id_: str) -> Control:
    title, values, patterns = NETWORK[id_]
    names = [
        f"net.{pattern.format(scope)}"
        for pattern in patterns
        for scope in (("all", "default") if "{}" in pattern else ("",))
    ]
    return on_nodes(f"NODE-KERNEL-{id_}", title, _settings(tuple(names), values, shared=False))


def _machine(id_: str) -> Control:
    title, values, names = MACHINE[id_]
    return on_nodes(f"NODE-KERNEL-{id_}", title, _settings(names, values, shared=True))


def _kubelet_defaults(machine: Machine) -> Finding:
    source = f"GET /api/v1/nodes/{machine.name}/proxy/configz"
    value = machine.kubelet.get("protectKernelDefaults")
    told = f"protectKernelDefaults is {value}"
    if machine.container:
        return excluded(source, told, _SHARED)
    return held(value is True, source, told, "true")


CONTROLS = (
    *map(_network, NETWORK),
    *map(_machine, MACHINE),
    on_nodes("NODE-KERNEL-21", "The kubelet starts on a kernel as it expects only", _kubelet_defaults),
)
