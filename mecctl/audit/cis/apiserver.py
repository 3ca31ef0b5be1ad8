"""CIS 1.2: the API server. What it admits anonymously, encrypts and logs is read from the files that its flags name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.audit.checks import at_least, equals, every, flag, has, is_set, lacks, strong
from mecctl.audit.control import Control, Finding, excluded, failed, held, in_cluster, on_servers, passed
from mecctl.audit.images import pulled

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Cluster, Machine

HEALTH = frozenset({"/livez", "/readyz", "/healthz"})
"""Paths that may be asked without a name: load balancers and probes do."""
PROVIDERS = frozenset({"secretbox", "aescbc", "kms"})
_API = "kube-apiserver"
_DURATION = {"h": 3600, "m": 60, "s": 1}


def _flag(
    number: int, title: str, name: str, holds: Callable[[str | None], bool], wanted: str, default: str | None = None
) -> Control:
    return on_servers(f"1.2.{number}", title, flag(_API, name, holds, wanted, default))


def _plugin(number: int, title: str, name: str) -> Control:
    return _flag(number, title, "enable-admission-plugins", has(name), name)


def _kept(number: int, title: str, name: str) -> Control:
    return _flag(number, title, "disable-admission-plugins", lacks(name), f"without {name}", "")


def _together(number: int, title: str, *names: str) -> Control:
    checks = (flag(_API, name, is_set, "a file") for name in names)
    return on_servers(f"1.2.{number}", title, every(*checks))


def anonymous(machine: Machine) -> Finding:
    """Hold where nobody without a name gets further than to the health paths (AuthenticationConfiguration)."""
    running = machine.component(_API)
    if running is None:
        return flag(_API, "anonymous-auth", equals("false"), "false")(machine)
    path = running.flags.get("authentication-config")
    settings = (machine.document(path) or {}).get("anonymous")
    if path is None or not settings:
        return flag(_API, "anonymous-auth", equals("false"), "false, or health paths only", "true")(machine)
    paths = {one.get("path") for one in settings.get("conditions") or ()}
    ok = not settings.get("enabled") or (bool(paths) and paths <= HEALTH)
    told = f"anonymous: enabled {settings.get('enabled')}, for {', '.join(sorted(map(str, paths))) or 'every path'}"
    return held(ok, f"{running.source}: --authentication-config={path}", told, "health paths only")


def encrypted(machine: Machine) -> Finding:
    """Hold where what is written to etcd is encrypted first: by something other than `identity`."""
    found: dict[str, Any] | None = machine.seen["encryption"]
    if not found:
        return failed(f"{machine.name}: --encryption-provider-config", "not set, or its file isn't there", "encryption")
    providers = found["providers"]
    ok = bool(providers) and providers[0] in PROVIDERS
    return held(ok, found["path"], f"providers {', '.join(providers)}", f"one of {', '.join(sorted(PROVIDERS))} first")


def _timeout(value: str | None) -> bool:
    """Hold for a duration between 1 s and 5 min: short enough that held requests don't exhaust the server."""
    text = value or ""
    number, unit = text[:-1], text[-1:]
    parts = text.replace("h", "h ").replace("m", "m ").replace("s", "s ").split()
    if not number or unit not in _DURATION or not all(part[:-1].isdigit() for part in parts):
        return False
    return 1 <= sum(int(part[:-1]) * _DURATION[part[-1]] for part in parts) <= 300


def _images(cluster: Cluster) -> Finding:
    servers = [one.component(_API) for one in cluster.servers]
    if servers and all(one and has("AlwaysPullImages")(one.flags.get("enable-admission-plugins")) for one in servers):
        return passed("--enable-admission-plugins of every API server", "AlwaysPullImages")
    containers, foreign = pulled(cluster)
    source = "pods: imageID of status.containerStatuses"
    if foreign or not containers:
        return failed(source, f"pulled: {', '.join(foreign[:5]) or 'unknown'}", "wanted: AlwaysPullImages")
    reason = "images are put on the nodes beforehand; where there is no registry, a pull each time stops every pod"
    return excluded(source, f"none of {containers} containers' images was pulled from a registry", reason)


CONTROLS = (
    on_servers("1.2.1", "Nobody without a name gets past the health paths", anonymous),
    _flag(2, "There is no file of tokens", "token-auth-file", lambda value: value is None, "not set"),
    _plugin(3, "Services can't take over outside addresses", "DenyServiceExternalIPs"),
    _together(4, "The API server shows kubelets a certificate", "kubelet-client-certificate", "kubelet-client-key"),
    _together(5, "The API server checks kubelets' certificates", "kubelet-certificate-authority"),
    _flag(6, "Requests are authorized", "authorization-mode", lacks("AlwaysAllow"), "not AlwaysAllow"),
    _flag(7, "Kubelets get at what is on their node only", "authorization-mode", has("Node"), "Node"),
    _flag(8, "Rights are given by roles", "authorization-mode", has("RBAC"), "RBAC"),
    _plugin(9, "Floods of events are held back", "EventRateLimit"),
    _flag(10, "Requests aren't let in unseen", "enable-admission-plugins", lacks("AlwaysAdmit"), "no AlwaysAdmit", ""),
    in_cluster("1.2.11", "A pod gets no image that its own credentials don't reach", _images),
    _kept(12, "Pods get a service account", "ServiceAccount"),
    _kept(13, "Nothing is made in namespaces that end", "NamespaceLifecycle"),
    _plugin(14, "Kubelets change objects of their own node only", "NodeRestriction"),
    _flag(15, "The API server tells no profiles", "profiling", equals("false"), "false", "true"),
    _flag(16, "There is an audit log", "audit-log-path", is_set, "a file"),
    _flag(17, "Audit logs are kept 30 days", "audit-log-maxage", at_least(30), "30 or more"),
    _flag(18, "Ten audit logs are kept", "audit-log-maxbackup", at_least(10), "10 or more"),
    _flag(19, "An audit log grows to 100 MB", "audit-log-maxsize", at_least(100), "100 or more"),
    _flag(20, "Requests end in time", "request-timeout", _timeout, "between 1 s and 5 min", "60s"),
    _flag(21, "A deleted account's token is void", "service-account-lookup", equals("true"), "true", "true"),
    _together(22, "Accounts' tokens are signed with a key of their own", "service-account-key-file"),
    _together(23, "The API server shows etcd a certificate", "etcd-certfile", "etcd-keyfile"),
    _together(24, "The API server has a certificate of its own", "tls-cert-file", "tls-private-key-file"),
    _together(25, "Clients' certificates are checked", "client-ca-file"),
    _together(26, "The API server checks etcd's certificate", "etcd-cafile"),
    _together(27, "Secrets are encrypted at rest", "encryption-provider-config"),
    on_servers("1.2.28", "The first way of encryption is a strong one", encrypted),
    _flag(29, "The API server speaks strong TLS only", "tls-cipher-suites", strong, "AEAD suites with ECDHE"),
    _flag(
        30,
        "Accounts' tokens end when they say",
        "service-account-extend-token-expiration",
        equals("false"),
        "false",
        "true",
    ),
)
