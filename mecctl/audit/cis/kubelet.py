"""CIS 4.2 and 4.3: the kubelet as it runs, and kube-proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.audit.checks import STRONG, kubelet, unless_k3s
from mecctl.audit.control import Finding, excluded, failed, held, on_nodes
from mecctl.audit.ports import LOOPBACK, listeners

if TYPE_CHECKING:
    from mecctl.audit.evidence import Machine

READ_ONLY_PORT, PROXY_METRICS = "10255", "10249"
_SERVING = ("/var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/rancher/k3s/agent/serving-kubelet.crt")
_GATE = "featureGates.RotateKubeletServerCertificate"


def _no_read_only_port(machine: Machine) -> Finding:
    asked = kubelet("readOnlyPort", lambda value: not value, "0")(machine)
    opened = [one for one in listeners(machine) if one.port == READ_ONLY_PORT]
    return failed(f"{machine.name}: ss -lnt", f"port {READ_ONLY_PORT} is open") if opened else asked


def _hostname(machine: Machine) -> Finding:
    running = machine.component("kubelet")
    if running is None:
        return failed(f"{machine.name}: processes", "no kubelet was found", "its flags are unknown")
    told = running.flags.get("hostname-override", "not set")
    return held(told == "not set", running.source, f"--hostname-override is {told}", "not set")


def _certificate(machine: Machine) -> Finding:
    """Hold where the kubelet's server certificate is signed by an authority, not by itself."""
    bootstraps, own = machine.kubelet.get("serverTLSBootstrap"), machine.kubelet.get("tlsCertFile")
    for path in (own, *_SERVING):
        if path and (found := machine.seen["certificates"].get(path)):
            signed = found["issuer"] != found["subject"] and not found["issuer"].startswith(f"CN={machine.name}-ca")
            told = f"issued by {found['issuer']}; serverTLSBootstrap is {bool(bootstraps)}"
            return held(signed, path, told, "signed by an authority")
    return failed(
        f"GET /api/v1/nodes/{machine.name}/proxy/configz",
        f"serverTLSBootstrap is {bool(bootstraps)}, tlsCertFile is {own or 'not set'}, no signed certificate is there",
        "wanted: a certificate signed by an authority",
    )


def _suites(value: Any) -> bool:  # noqa: ANN401 - JSON
    return bool(value) and set(value) <= STRONG


def _proxy_metrics(machine: Machine) -> Finding:
    source = f"{machine.name}: ss -lnt"
    found = [one for one in listeners(machine) if one.port == PROXY_METRICS]
    if not found:
        return excluded(
            source, f"nothing listens on {PROXY_METRICS}", "no kube-proxy runs here, or it tells no metrics"
        )
    told = ", ".join(f"{one.process} on {one.address}:{one.port}" for one in found)
    return held(all(one.address in LOOPBACK for one in found), source, told, "loopback only")


_RENEWS = "K3s renews the kubelet's certificate itself, whenever it starts within 120 days of its end"

CONTROLS = (
    on_nodes(
        "4.2.1",
        "Nobody without a name gets to the kubelet",
        kubelet("authentication.anonymous.enabled", lambda value: value is False, "false"),
    ),
    on_nodes(
        "4.2.2",
        "The kubelet has the API server decide who may do what",
        kubelet("authorization.mode", lambda value: value == "Webhook", "Webhook"),
    ),
    on_nodes("4.2.3", "The kubelet checks its clients", kubelet("authentication.x509.clientCAFile", bool, "a file")),
    on_nodes("4.2.4", "The kubelet has no port that anybody may read", _no_read_only_port),
    on_nodes(
        "4.2.5",
        "Idle streams end",
        kubelet("streamingConnectionIdleTimeout", lambda value: value not in {None, "0s", "0"}, "longer than 0"),
    ),
    on_nodes(
        "4.2.6",
        "The kubelet keeps its own chains of the firewall",
        kubelet("makeIPTablesUtilChains", lambda value: value is True, "true"),
    ),
    on_nodes(
        "4.2.7",
        "The kubelet goes by the machine's name",
        unless_k3s("K3s always names its node by this flag: certificates are made for that name", _hostname),
    ),
    on_nodes(
        "4.2.8",
        "Events are told, and not without end",
        kubelet("eventRecordQPS", lambda value: isinstance(value, int) and value >= 0, "0 (all) or more"),
    ),
    on_nodes("4.2.9", "The kubelet's certificate is signed by an authority", _certificate),
    on_nodes(
        "4.2.10",
        "The kubelet renews its client certificate",
        unless_k3s(_RENEWS, kubelet("rotateCertificates", lambda value: value is True, "true")),
    ),
    on_nodes(
        "4.2.11", "The kubelet may renew its server certificate", kubelet(_GATE, lambda v: v is not False, "not off")
    ),
    on_nodes(
        "4.2.12", "The kubelet speaks strong TLS only", kubelet("tlsCipherSuites", _suites, "AEAD suites with ECDHE")
    ),
    on_nodes(
        "4.2.13",
        "A pod has a limit of processes",
        kubelet("podPidsLimit", lambda value: isinstance(value, int) and value > 0, "a number"),
    ),
    on_nodes(
        "4.2.14",
        "Pods get a seccomp profile unless they say otherwise",
        kubelet("seccompDefault", lambda value: value is True, "true"),
    ),
    on_nodes("4.3.1", "kube-proxy tells its metrics on loopback only", _proxy_metrics),
)
