"""For each control the least that has to go wrong with a hardened site for it to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.audit.recorded import MECCTL, SERVING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.audit.recorded import Evidence


def flag(component: str, name: str, value: str | None) -> Callable[[Evidence], None]:
    """Set a flag of a component on the server, or take it away."""

    def change(evidence: Evidence) -> None:
        flags = evidence["machines"]["edge-1"]["components"][component]["flags"]
        flags.pop(name, None)
        if value is not None:
            flags[name] = value

    return change


def api(name: str, value: str | None) -> Callable[[Evidence], None]:
    return flag("kube-apiserver", name, value)


def file(path: str, node: str = "edge-1", **how: str) -> Callable[[Evidence], None]:
    """Change a file's mode or owner; it is made where it isn't there."""

    def change(evidence: Evidence) -> None:
        files = evidence["machines"][node]["files"]
        files[path] = {"kind": "file", "mode": "600", "owner": "root:root", **files.get(path, {}), **how}

    return change


def text(name: str, old: str, new: str) -> Callable[[Evidence], None]:
    def change(evidence: Evidence) -> None:
        texts = evidence["machines"]["edge-1"]["texts"]
        assert old in texts[f"{MECCTL}/{name}"]
        texts[f"{MECCTL}/{name}"] = texts[f"{MECCTL}/{name}"].replace(old, new)

    return change


def machine(key: str, value: Any, node: str = "edge-2") -> Callable[[Evidence], None]:
    """Set a part of a machine's evidence; `key` as in `clock.NTPSynchronized`, `/` instead of a dot within a name."""

    def change(evidence: Evidence) -> None:
        found = evidence["machines"][node]
        *parents, last = key.split(".")
        for parent in parents:
            found = found[parent]
        found[last.replace("/", ".")] = value

    return change


def kubelet(path: str, value: Any, node: str = "edge-2") -> Callable[[Evidence], None]:
    def change(evidence: Evidence) -> None:
        found = evidence["cluster"]["kubelets"][node]
        *parents, last = path.split(".")
        for parent in parents:
            found = found.setdefault(parent, {})
        found[last] = value

    return change


def listener(address: str, port: str, process: str = "kubelet") -> Callable[[Evidence], None]:
    def change(evidence: Evidence) -> None:
        one = {"protocol": "tcp", "address": address, "port": port, "process": process}
        for node in evidence["machines"].values():
            node["listeners"].append(one)

    return change


def add(kind: str, obj: Evidence) -> Callable[[Evidence], None]:
    return lambda evidence: evidence["cluster"]["objects"][kind].append(obj)


def pod(
    where: str = "slice-1-0000a1", labels: Evidence | None = None, container: Evidence | None = None, **spec: Any
) -> Callable[[Evidence], None]:
    """Run a pod that is as a restricted one but for this."""
    context = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    own = container or {}
    one = {"name": "c", **own, "securityContext": {**context, **own.get("securityContext", {})}}
    body = {"automountServiceAccountToken": False, "containers": [one], **spec}
    return add("Pod", {"metadata": {"name": "odd", "namespace": where, "labels": labels or {}}, "spec": body})


def context(**settings: Any) -> Callable[[Evidence], None]:
    return pod(container={"securityContext": settings})


def role(verbs: str, group: str, resource: str, subject: str = "mallory") -> Callable[[Evidence], None]:
    """Give somebody a right all over the cluster."""

    def change(evidence: Evidence) -> None:
        rules = [{"verbs": verbs.split(","), "apiGroups": [group], "resources": [resource]}]
        body = {"kind": "ClusterRole", "metadata": {"name": "odd"}, "rules": rules}
        add("ClusterRole", body)(evidence)
        bound("odd", subject)(evidence)

    return change


def bound(name: str, subject: str, kind: str = "Group") -> Callable[[Evidence], None]:
    ref = {"kind": "ClusterRole", "name": name}
    return add(
        "ClusterRoleBinding",
        {"metadata": {"name": "odd"}, "roleRef": ref, "subjects": [{"kind": kind, "name": subject}]},
    )


def unlabelled(evidence: Evidence) -> None:
    """Let namespaces admit everything."""
    text("admission.yaml", "enforce: restricted", "enforce: privileged")(evidence)


def unwalled(name: str) -> Callable[[Evidence], None]:
    def change(evidence: Evidence) -> None:
        add("Namespace", {"metadata": {"name": name}})(evidence)

    return change


def no_network(evidence: Evidence) -> None:
    for one in evidence["cluster"]["objects"]["DaemonSet"]:
        one["status"]["currentNumberScheduled"] = 0


def certificate(path: str, node: str = "edge-1", **how: Any) -> Callable[[Evidence], None]:
    def change(evidence: Evidence) -> None:
        certificates = evidence["machines"][node]["certificates"]
        certificates[path] = {
            "subject": "CN=x",
            "groups": [],
            "issuer": "CN=y",
            "ends": 4e9,
            **certificates.get(path, {}),
            **how,
        }

    return change


def same_authority(evidence: Evidence) -> None:
    own = evidence["machines"]["edge-1"]["components"]["etcd"]["flags"]
    theirs = evidence["machines"]["edge-1"]["components"]["kube-apiserver"]["flags"]
    own["trusted-ca-file"] = theirs["client-ca-file"]


def pulled(evidence: Evidence) -> None:
    image = {"imageID": "docker.io/library/x@sha256:abc"}
    pods = evidence["cluster"]["objects"]["Pod"]
    pods[0]["status"] = {"containerStatuses": [image]}


def pulled_freely(evidence: Evidence) -> None:
    pulled(evidence)
    evidence["cluster"]["objects"]["ValidatingAdmissionPolicyBinding"].clear()


def open_default(evidence: Evidence) -> None:
    account = next(
        one for one in evidence["cluster"]["objects"]["ServiceAccount"] if one["metadata"]["name"] == "default"
    )
    del account["automountServiceAccountToken"]


def unasked(evidence: Evidence) -> None:
    """Run a deployment that says nothing of tokens, by an account that says nothing either."""
    account = {"metadata": {"name": "own", "namespace": "slice-1-0000a1"}}
    template = {"metadata": {}, "spec": {"serviceAccountName": "own", "containers": []}}
    add("ServiceAccount", account)(evidence)
    add("Deployment", {"metadata": {"name": "odd", "namespace": "slice-1-0000a1"}, "spec": {"template": template}})(
        evidence
    )


def tokens(kind: str) -> Callable[[Evidence], None]:
    return lambda evidence: evidence["cluster"]["tokens"][kind].append("default/one")


def sshd(key: str, value: str) -> Callable[[Evidence], None]:
    return machine(f"sshd.{key}", value)


def sysctl(name: str, value: str) -> Callable[[Evidence], None]:
    return machine(f"sysctls.{name.replace('.', '/')}", value)


def unencrypted(evidence: Evidence) -> None:
    evidence["machines"]["edge-1"]["encryption"]["providers"] = ["identity", "secretbox"]


def old(evidence: Evidence) -> None:
    evidence["cluster"]["objects"]["Node"][1]["status"]["nodeInfo"]["kubeletVersion"] = "v1.22.1"


PKI = "/etc/kubernetes/pki"
MANAGER, SCHEDULER = "kube-controller-manager", "kube-scheduler"
INGRESS = add("IngressClass", {"metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}})
RBAC = "rbac.authorization.k8s.io"

FILES: dict[int, str] = {
    1: "/etc/kubernetes/manifests/kube-apiserver.yaml",
    3: "/etc/kubernetes/manifests/kube-controller-manager.yaml",
    5: "/etc/kubernetes/manifests/kube-scheduler.yaml",
    7: "/etc/kubernetes/manifests/etcd.yaml",
    9: "/etc/cni/net.d/05-cilium.conflist",
    11: "/var/lib/etcd",
    13: "/etc/kubernetes/super-admin.conf",
    15: "/etc/kubernetes/scheduler.conf",
    17: "/etc/kubernetes/controller-manager.conf",
}
NODE_FILES: dict[int, str] = {
    1: "/etc/systemd/system/kubelet.service",
    3: "/var/lib/kube-proxy/kubeconfig.conf",
    5: "/etc/kubernetes/kubelet.conf",
    7: f"{PKI}/ca.crt",
    9: "/etc/kubernetes/kubelet.d/10-mecctl.conf",
}
CIS: dict[str, Callable[[Evidence], None]] = {
    **{f"1.1.{number}": file(path, mode="755") for number, path in FILES.items()},
    **{f"1.1.{number + 1}": file(path, owner="nobody:nogroup") for number, path in FILES.items()},
    "1.1.19": file(f"{PKI}/etcd/ca.crt", owner="nobody:nogroup"),
    "1.1.20": file(f"{PKI}/etcd/ca.crt", mode="664"),
    "1.1.21": file(f"{PKI}/sa.key", mode="640"),
    "1.2.1": text("authentication.yaml", "/healthz", "/api"),
    "1.2.2": api("token-auth-file", "/tokens"),
    "1.2.3": api("enable-admission-plugins", "NodeRestriction,EventRateLimit"),
    "1.2.4": api("kubelet-client-key", None),
    "1.2.5": api("kubelet-certificate-authority", None),
    "1.2.6": api("authorization-mode", "AlwaysAllow"),
    "1.2.7": api("authorization-mode", "RBAC"),
    "1.2.8": api("authorization-mode", "Node"),
    "1.2.9": api("enable-admission-plugins", "NodeRestriction"),
    "1.2.10": api("enable-admission-plugins", "AlwaysAdmit"),
    "1.2.11": pulled,
    "1.2.12": api("disable-admission-plugins", "ServiceAccount"),
    "1.2.13": api("disable-admission-plugins", "NamespaceLifecycle,ServiceAccount"),
    "1.2.14": api("enable-admission-plugins", "EventRateLimit"),
    "1.2.15": api("profiling", "true"),
    "1.2.16": api("audit-log-path", None),
    "1.2.17": api("audit-log-maxage", "29"),
    "1.2.18": api("audit-log-maxbackup", "9"),
    "1.2.19": api("audit-log-maxsize", "99"),
    "1.2.20": api("request-timeout", "1h0m0s"),
    "1.2.21": api("service-account-lookup", "false"),
    "1.2.22": api("service-account-key-file", None),
    "1.2.23": api("etcd-keyfile", None),
    "1.2.24": api("tls-cert-file", None),
    "1.2.25": api("client-ca-file", None),
    "1.2.26": api("etcd-cafile", None),
    "1.2.27": api("encryption-provider-config", None),
    "1.2.28": unencrypted,
    "1.2.29": api("tls-cipher-suites", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    "1.2.30": api("service-account-extend-token-expiration", None),
    "1.3.1": flag(MANAGER, "terminated-pod-gc-threshold", "0"),
    "1.3.2": flag(MANAGER, "profiling", None),
    "1.3.3": flag(MANAGER, "use-service-account-credentials", "false"),
    "1.3.4": flag(MANAGER, "service-account-private-key-file", None),
    "1.3.5": flag(MANAGER, "root-ca-file", None),
    "1.3.6": flag(MANAGER, "feature-gates", "RotateKubeletServerCertificate=false"),
    "1.3.7": flag(MANAGER, "bind-address", "0.0.0.0"),  # noqa: S104
    "1.4.1": flag(SCHEDULER, "profiling", "true"),
    "1.4.2": flag(SCHEDULER, "bind-address", None),
    "2.1": flag("etcd", "key-file", None),
    "2.2": flag("etcd", "client-cert-auth", None),
    "2.3": flag("etcd", "auto-tls", "true"),
    "2.4": flag("etcd", "peer-cert-file", None),
    "2.5": flag("etcd", "peer-client-cert-auth", "false"),
    "2.6": flag("etcd", "peer-auto-tls", "true"),
    "2.7": same_authority,
    "3.1.1": bound("view", "mallory", "User"),
    "3.1.2": tokens("account"),
    "3.1.3": bound("cluster-admin", "system:bootstrappers:kubeadm:default-node-token"),
    "3.2.1": api("audit-policy-file", None),
    "3.2.2": text("audit.yaml", "- level: Metadata\n  resources", "- level: Request\n  resources"),
    **{f"4.1.{number}": file(path, "edge-2", mode="666") for number, path in NODE_FILES.items()},
    **{f"4.1.{number + 1}": file(path, "edge-2", owner="nobody:nogroup") for number, path in NODE_FILES.items()},
    "4.2.1": kubelet("authentication.anonymous.enabled", True),
    "4.2.2": kubelet("authorization.mode", "AlwaysAllow"),
    "4.2.3": kubelet("authentication.x509.clientCAFile", ""),
    "4.2.4": listener("*", "10255"),
    "4.2.5": kubelet("streamingConnectionIdleTimeout", "0s"),
    "4.2.6": kubelet("makeIPTablesUtilChains", False),
    "4.2.7": machine("components.kubelet.flags.hostname-override", "x"),
    "4.2.8": kubelet("eventRecordQPS", -1),
    "4.2.9": certificate(SERVING, "edge-2", issuer="CN=edge-2-ca@1"),
    "4.2.10": kubelet("rotateCertificates", False),
    "4.2.11": kubelet("featureGates.RotateKubeletServerCertificate", False),
    "4.2.12": kubelet("tlsCipherSuites", None),
    "4.2.13": kubelet("podPidsLimit", -1),
    "4.2.14": kubelet("seccompDefault", False),
    "4.3.1": listener("*", "10249", "kube-proxy"),
    "5.1.1": bound("cluster-admin", "mallory"),
    "5.1.2": role("list", "", "secrets"),
    "5.1.3": role("*", "apps", "deployments"),
    "5.1.4": role("create", "", "pods", "system:authenticated"),
    "5.1.5": open_default,
    "5.1.6": pod(
        automountServiceAccountToken=True, volumes=[{"projected": {"sources": [{"serviceAccountToken": {}}]}}]
    ),
    "5.1.7": certificate("/etc/kubernetes/admin.conf", groups=["system:masters"]),
    "5.1.8": role("impersonate", "", "users"),
    "5.1.9": role("create", "", "persistentvolumes"),
    "5.1.10": role("get", "", "nodes/proxy"),
    "5.1.11": role("approve", "certificates.k8s.io", "signers"),
    "5.1.12": role("patch", "admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
    "5.1.13": role("create", "", "serviceaccounts/token"),
    "5.2.1": unlabelled,
    "5.2.2": context(privileged=True),
    "5.2.3": pod(hostPID=True),
    "5.2.4": pod(hostIPC=True),
    "5.2.5": pod(hostNetwork=True),
    "5.2.6": context(allowPrivilegeEscalation=None),
    "5.2.7": context(runAsUser=0),
    "5.2.8": context(capabilities={"drop": ["CHOWN"]}),
    "5.2.9": text("admission.yaml", "enforce: restricted", "enforce: baseline"),
    "5.2.10": context(windowsOptions={"hostProcess": True}),
    "5.2.11": pod(volumes=[{"hostPath": {"path": "/"}}]),
    "5.2.12": pod(container={"ports": [{"containerPort": 80, "hostPort": 80}]}),
    "5.3.1": no_network,
    "5.3.2": unwalled("new"),
    "5.4.1": pod(container={"envFrom": [{"secretRef": {"name": "x"}}]}),
    "5.4.2": unencrypted,
    "5.5.1": pulled_freely,
    "5.6.1": pod("default"),
    "5.6.2": context(seccompProfile={"type": "Unconfined"}),
    "5.6.3": context(runAsNonRoot=False),
    "5.6.4": add("Service", {"metadata": {"name": "web", "namespace": "default"}}),
}
NSA: dict[str, Callable[[Evidence], None]] = {
    "C-0002": role("create", "", "pods/exec"),
    "C-0005": api("insecure-port", "8080"),
    "C-0012": pod(container={"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}),
    "C-0013": context(runAsNonRoot=None),
    "C-0016": context(allowPrivilegeEscalation=True),
    "C-0017": context(readOnlyRootFilesystem=False),
    "C-0030": pod("lonely"),
    "C-0034": unasked,
    "C-0035": role("*", "*", "*"),
    "C-0038": pod(hostIPC=True),
    "C-0041": pod(hostNetwork=True),
    "C-0044": pod(container={"ports": [{"containerPort": 80, "hostPort": 80}]}),
    "C-0046": context(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
    "C-0054": unwalled("new"),
    "C-0055": context(seccompProfile=None),
    "C-0057": context(privileged=True),
    "C-0058": old,
    "C-0059": INGRESS,
    "C-0066": unencrypted,
    "C-0067": api("audit-log-path", None),
    "C-0068": unlabelled,
    "C-0069": kubelet("authentication.anonymous.enabled", True),
    "C-0070": kubelet("authentication.x509.clientCAFile", None),
    "C-0270": pod("other", container={"resources": {"limits": {"memory": "1Mi"}}}),
    "C-0271": pod("other", container={"resources": {"limits": {"cpu": "1"}}}),
    "C-0292": INGRESS,
}
SYSCTLS = (
    ("net.ipv6.conf.all.accept_redirects", "1"),
    ("net.ipv4.conf.default.secure_redirects", "1"),
    ("net.ipv4.conf.all.send_redirects", "1"),
    ("net.ipv4.conf.all.accept_source_route", "1"),
    ("net.ipv6.conf.all.accept_ra", "1"),
    ("net.ipv4.tcp_syncookies", "0"),
    ("net.ipv4.icmp_echo_ignore_broadcasts", "0"),
    ("net.ipv4.icmp_ignore_bogus_error_responses", "0"),
    ("kernel.randomize_va_space", "0"),
    ("kernel.kptr_restrict", "0"),
    ("kernel.dmesg_restrict", "0"),
    ("kernel.yama.ptrace_scope", "0"),
    ("kernel.unprivileged_bpf_disabled", "0"),
    ("kernel.perf_event_paranoid", "1"),
    ("kernel.sysrq", "1"),
    ("kernel.panic", "0"),
    ("kernel.panic_on_oops", "0"),
    ("vm.overcommit_memory", "0"),
    ("vm.panic_on_oom", "1"),
    ("fs.protected_symlinks", "0"),
)
SSH = (
    ("permitrootlogin", "yes"),
    ("passwordauthentication", "yes"),
    ("kbdinteractiveauthentication", "yes"),
    ("permitemptypasswords", "yes"),
    ("hostbasedauthentication", "yes"),
    ("ignorerhosts", "no"),
    ("permituserenvironment", "yes"),
    ("strictmodes", "no"),
    ("x11forwarding", "yes"),
    ("allowtcpforwarding", "yes"),
    ("allowagentforwarding", "yes"),
    ("permittunnel", "yes"),
    ("maxauthtries", "6"),
    ("logingracetime", "0"),
    ("clientaliveinterval", "0"),
    ("loglevel", "QUIET"),
    ("ciphers", "aes256-gcm@openssh.com,aes128-cbc"),
    ("macs", "hmac-sha2-256,hmac-sha1"),
    ("kexalgorithms", "diffie-hellman-group14-sha1"),
    ("hostkeyalgorithms", "ssh-ed25519,ssh-rsa"),
)
NODE: dict[str, Callable[[Evidence], None]] = {
    **{f"NODE-KERNEL-{number:02}": sysctl(*row) for number, row in enumerate(SYSCTLS, 1)},
    "NODE-KERNEL-21": kubelet("protectKernelDefaults", False),
    **{f"NODE-SSH-{number:02}": sshd(*row) for number, row in enumerate(SSH, 1)},
    "NODE-NET-01": machine("firewall", None),
    "NODE-NET-02": machine("firewall", [{"chain": {"name": "i", "hook": "input", "policy": "accept"}}, {"rule": {}}]),
    "NODE-NET-03": listener("0.0.0.0", "10255"),  # noqa: S104
    "NODE-FILE-01": file("/etc/passwd", mode="666"),
    "NODE-FILE-02": file("/etc/shadow", mode="644"),
    "NODE-FILE-03": file("/etc/ssh/sshd_config", mode="644"),
    "NODE-FILE-04": file("/etc/ssh/ssh_host_ed25519_key", mode="640"),
    "NODE-FILE-05": file("/root/.ssh", kind="directory", mode="755"),
    "NODE-FILE-06": file("/etc/crontab", mode="644"),
    "NODE-FILE-07": file("/etc/cron.d", kind="directory", mode="755"),
    "NODE-FILE-08": file("/etc/sudoers", mode="644"),
    "NODE-FILE-09": machine("setuid", ["/usr/local/bin/hole"]),
    "NODE-FILE-10": machine("writable", ["/etc/cron.d/x"]),
    "NODE-FILE-11": machine("readable", ["/etc/kubernetes/admin.conf"]),
    "NODE-TIME-01": machine("clock.NTPSynchronized", "no"),
    "NODE-DUMP-01": machine("dumps", {"storage": "external", "limits": ["0"]}),
    "NODE-DUMP-02": sysctl("fs.suid_dumpable", "2"),
    "NODE-ACCOUNT-01": machine("accounts.uid0", ["root", "toor"]),
    "NODE-ACCOUNT-02": machine("accounts.passwordless", ["guest"]),
    "NODE-CERT-01": certificate(f"{PKI}/apiserver.crt", ends=0),
    "NODE-LOG-01": machine("units.systemd-journald/service", "failed"),
}
BREAKING: dict[str, Callable[[Evidence], None]] = {
    **{f"cis/{id_}": change for id_, change in CIS.items()},
    **{f"nsa/{id_}": change for id_, change in NSA.items()},
    **{f"node/{id_}": change for id_, change in NODE.items()},
}
