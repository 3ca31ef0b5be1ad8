"""CIS 1.3 and 1.4: controller manager and scheduler."""

from __future__ import annotations

from mecctl.audit.checks import at_least, equals, flag, is_set
from mecctl.audit.control import Control, on_servers

_MANAGER, _SCHEDULER = "kube-controller-manager", "kube-scheduler"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_GATE = "RotateKubeletServerCertificate"


def _rotates(value: str | None) -> bool:
    return f"{_GATE}=false" not in (value or "").split(",")


def _local(value: str | None) -> bool:
    return value in _LOOPBACK


def _bound(id_: str, title: str, component: str) -> Control:
    return on_servers(id_, title, flag(component, "bind-address", _local, "127.0.0.1", "0.0.0.0"))  # noqa: S104


CONTROLS = (
    on_servers(
        "1.3.1",
        "Pods that have ended are cleared away",
        flag(_MANAGER, "terminated-pod-gc-threshold", at_least(1), "a number of pods"),
    ),
    on_servers(
        "1.3.2",
        "The controller manager tells no profiles",
        flag(_MANAGER, "profiling", equals("false"), "false", "true"),
    ),
    on_servers(
        "1.3.3",
        "Each controller has an account of its own",
        flag(_MANAGER, "use-service-account-credentials", equals("true"), "true", "false"),
    ),
    on_servers(
        "1.3.4",
        "Accounts' tokens are signed with a private key",
        flag(_MANAGER, "service-account-private-key-file", is_set, "a file"),
    ),
    on_servers("1.3.5", "Pods can check the API server", flag(_MANAGER, "root-ca-file", is_set, "a file")),
    on_servers(
        "1.3.6",
        "Kubelets may renew their server certificates",
        flag(_MANAGER, "feature-gates", _rotates, f"{_GATE} not off", ""),
    ),
    _bound("1.3.7", "The controller manager listens on loopback only", _MANAGER),
    on_servers(
        "1.4.1", "The scheduler tells no profiles", flag(_SCHEDULER, "profiling", equals("false"), "false", "true")
    ),
    _bound("1.4.2", "The scheduler listens on loopback only", _SCHEDULER),
)
