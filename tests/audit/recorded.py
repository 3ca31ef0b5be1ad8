"""Evidence of a lab's site as recorded with `hardening: none`, and as a hardened one would show it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from mecctl.audit.evidence import Site, site

Evidence = dict[str, Any]
NONE = Path(__file__).parents[1] / "data/audit/none.json"
MECCTL = "/etc/kubernetes/mecctl"
SUITES = ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
ADMISSION = """\
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration: {defaults: {enforce: restricted}, exemptions: {namespaces: [kube-system, mecctl-node]}}
"""
AUDIT = """\
kind: Policy
rules:
- {level: None, nonResourceURLs: ["/livez*"]}
- level: Metadata
  resources: [{group: "", resources: [secrets, configmaps]}, {group: authentication.k8s.io, resources: [tokenreviews]}]
- {level: Metadata}
"""
AUTHENTICATION = "anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]}\n"
API = {
    "admission-control-config-file": f"{MECCTL}/admission.yaml",
    "audit-log-maxage": "30",
    "audit-log-maxbackup": "10",
    "audit-log-maxsize": "100",
    "audit-log-path": "/var/log/kubernetes/audit.log",
    "audit-policy-file": f"{MECCTL}/audit.yaml",
    "authentication-config": f"{MECCTL}/authentication.yaml",
    "enable-admission-plugins": "NodeRestriction,EventRateLimit,DenyServiceExternalIPs",
    "encryption-provider-config": f"{MECCTL}/encryption.yaml",
    "kubelet-certificate-authority": "/etc/kubernetes/pki/ca.crt",
    "profiling": "false",
    "service-account-extend-token-expiration": "false",
    "tls-cipher-suites": ",".join(SUITES),
}
KUBELET = {
    "podPidsLimit": 4096,
    "protectKernelDefaults": True,
    "seccompDefault": True,
    "serverTLSBootstrap": True,
    "tlsCertFile": "",
    "tlsCipherSuites": list(SUITES),
}
SSHD = {
    "allowagentforwarding": "no",
    "allowtcpforwarding": "no",
    "clientaliveinterval": "15",
    "logingracetime": "60",
    "macs": "hmac-sha2-256-etm@openssh.com",
    "maxauthtries": "4",
    "x11forwarding": "no",
}
SERVING = "/var/lib/kubelet/pki/kubelet-server-current.pem"


def none() -> Evidence:
    """Return what was recorded: `{now, servers, machines, cluster}`."""
    found: Evidence = json.loads(_text())
    return found


@cache
def _text() -> str:
    return NONE.read_text()


def hardened() -> Evidence:
    """Return the recorded site as it is with every control in place, on machines of their own."""
    found = none()
    for name, machine in found["machines"].items():
        _harden_machine(machine)
        found["cluster"]["kubelets"][name].update(KUBELET)
    server = found["machines"]["edge-1"]
    server["components"]["kube-apiserver"]["flags"].update(API)
    server["components"]["kube-controller-manager"]["flags"].update(
        {"profiling": "false", "terminated-pod-gc-threshold": "100"}
    )
    server["components"]["kube-scheduler"]["flags"]["profiling"] = "false"
    server["texts"] = {
        f"{MECCTL}/admission.yaml": ADMISSION,
        f"{MECCTL}/audit.yaml": AUDIT,
        f"{MECCTL}/authentication.yaml": AUTHENTICATION,
    }
    server["encryption"] = {"path": f"{MECCTL}/encryption.yaml", "providers": ["secretbox", "identity"]}
    _harden_cluster(found["cluster"]["objects"])
    return found


def seen(evidence: Evidence) -> Site:
    """Return evidence as checks read it."""
    return site(evidence["machines"], frozenset(evidence["servers"]), evidence["cluster"], evidence["now"])


def _harden_machine(machine: Evidence) -> None:
    machine["container"] = False
    machine["sshd"].update(SSHD)
    for name in machine["sysctls"]:
        if name.startswith("net.") and ".conf." in name:
            machine["sysctls"][name] = "0"
    machine["sysctls"] |= {"kernel.kptr_restrict": "2", "kernel.sysrq": "0", "kernel.yama.ptrace_scope": "1"}
    machine["sysctls"] |= {"fs.suid_dumpable": "0", "kernel.perf_event_paranoid": "3"}
    machine["firewall"] = [
        {"chain": {"name": "input", "hook": "input", "policy": "drop"}},
        {"rule": {"chain": "input"}},
    ]
    machine["clock"]["NTPSynchronized"] = "yes"
    machine["units"]["systemd-timesyncd.service"] = "active"
    machine["dumps"] = {"storage": "none", "limits": ["0"]}
    for path, file in machine["files"].items():
        if path.startswith(("/etc/cni", "/etc/systemd/system/kubelet", "/etc/kubernetes/kubelet.d")):
            file["mode"] = "600"
        if path in {"/var/lib/kubelet/config.yaml", "/etc/ssh/sshd_config", "/etc/crontab"}:
            file["mode"] = "600"
        if path.startswith("/etc/cron."):
            file["mode"] = "700"
    if "/var/lib/etcd" in machine["files"]:
        machine["files"]["/var/lib/etcd"]["owner"] = "etcd:etcd"
    machine["files"]["/var/lib/kube-proxy/kubeconfig.conf"] = {"kind": "file", "mode": "600", "owner": "root:root"}
    ends = max(one["ends"] for one in machine["certificates"].values())
    issued = {"subject": "CN=system:node:n,O=system:nodes", "groups": ["system:nodes"], "issuer": "CN=kubernetes"}
    machine["certificates"][SERVING] = {**issued, "ends": ends, "fingerprint": "ff"}


def _harden_cluster(objects: Evidence) -> None:
    for account in objects["ServiceAccount"]:
        if account["metadata"]["name"] == "default":
            account["automountServiceAccountToken"] = False
    walled = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    objects["NetworkPolicy"] += [
        {"metadata": {"name": "default-deny", "namespace": namespace["metadata"]["name"]}, "spec": walled}
        for namespace in objects["Namespace"]
    ]
    objects["ValidatingAdmissionPolicy"].append(
        {"metadata": {"name": "images"}, "spec": {"validations": [{"expression": "c.image.startsWith('mecctl.io/')"}]}}
    )
    objects["ValidatingAdmissionPolicyBinding"].append(
        {"metadata": {"name": "images"}, "spec": {"policyName": "images", "validationActions": ["Deny"]}}
    )
