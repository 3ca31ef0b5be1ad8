"""Every role has the same shape, and declares what the golden files say."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import action_loader
from ansible.template import Templar

from mecctl.resources import resource

pytestmark = pytest.mark.usefixtures("plugins")

ROLES = sorted(path.name for path in (resource("playbooks") / "roles").iterdir() if path.is_dir())
GOLDEN = Path(__file__).parent / "data"
SITE = {
    "site_name": "street",
    "site_distribution": "kubeadm",
    "site_version": "v1.36.3",
    "site_hardening": "cis",
    "site_oidc": [],
    "site_encryption": "none",
    "site_userspace_wireguard": False,
    "site_k3s": {
        "disable": [],
        "embedded_registry": False,
        "server_config": {},
        "node_config": {},
        "kubelet": {},
        "registries": {},
    },
    "site_flannel_backend": "vxlan",
    "site_token_files": {},
    "site_token_sums": {"server_token": "made up", "agent_token": "made up"},
    "site_tls_suites": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    "site_cni": "cilium",
    "site_node_addresses": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"],
    "site_open_ports": [{"port": 9100, "protocol": "tcp", "from": "10.9.0.0/16"}],
    "site_security_updates": "none",
    "site_endpoint": "10.0.0.1:6443",
    "site_first_server": "edge-1",
    "site_servers": ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
    "site_pod_cidr": "10.42.0.0/16",
    "site_tended": ["slice-1-0000a1", "slice-2"],
    "site_service_cidr": "10.43.0.0/16",
    "site_nodes": {"edge-1": {"labels": {"mec.io/pool": None}, "taints": {}}},
}
MACHINE = {
    "container": False,
    "cgroup": "v2",
    "swap": False,
    "raise_limits": True,
    "conntrack_writable": True,
    "family": "debian",
    "selinux": False,
}
CONTAINER = {
    **MACHINE,
    "container": True,
    "cgroup": "v1",
    "swap": True,
    "raise_limits": False,
    "conntrack_writable": False,
}
NODE = {
    "inventory_hostname": "edge-1",
    "ansible_port": 2222,
    "node_address": "10.0.0.1",
    "node_labels": {"mec.io/pool": "urllc"},
    "node_taints": ["mec.io/slice=1-0000a1:NoSchedule"],
    "node_schedulable": False,
    "node_facts": MACHINE,
    "node_binaries": [{"sha256": "a" * 64, "path": "/usr/local/bin/kubelet", "mode": "0755"}],
    "node_images": [{"sha256": "b" * 64, "names": ["registry.k8s.io/pause:3.10.2"]}],
}
# Each case: what differs from a first server that is a real machine.
CASES: dict[str, dict[str, Any]] = {
    "server": {},
    "server-in-a-container": {"node_facts": CONTAINER},
    "second-server": {"inventory_hostname": "edge-2", "node_address": "10.0.0.2", "node_schedulable": True},
    "server-of-k3s": {"site_distribution": "k3s"},
    "encrypted": {"site_encryption": "wireguard"},
    "encrypted-by-ipsec": {"site_encryption": "ipsec"},
    "encrypted-in-user-space": {"site_encryption": "wireguard", "site_userspace_wireguard": True},
    "identity-provider": {"site_oidc": [{"issuer": {"url": "https://id.example", "audiences": ["mec"]}}]},
    "of-redhat": {"node_facts": {**MACHINE, "family": "redhat", "selinux": True}, "site_security_updates": "automatic"},
    "of-suse": {"node_facts": {**MACHINE, "family": "suse"}, "site_security_updates": "automatic"},
    "not-hardened": {"site_hardening": "none", "site_security_updates": "automatic"},
    "k3s-to-the-letter": {
        "site_version": "v1.36.5+k3s1",
        "site_flannel_backend": "host-gw",
        "site_token_files": {"server_token": "/site/keys/server", "agent_token": "/site/keys/agent"},
        "site_token_sums": {"server_token": "sha256:000000000001", "agent_token": "sha256:000000000002"},
        "site_k3s": {
            "disable": ["traefik", "servicelb"],
            "embedded_registry": True,
            "server_config": {"etcd-snapshot-retention": 9, "kube-apiserver-arg+": ["v=2"]},
            "node_config": {"kubelet-arg+": ["v=2"]},
            "kubelet": {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": 60},
            "registries": {"mirrors": {"*": {"endpoint": ["https://registry.site.example:5000"]}}},
        },
    },
    "single-server": {"site_servers": ["10.0.0.1"], "node_images": [], "node_labels": {"mec.io/pool": None}},
}
EXAMPLES = [
    *((role, "server") for role in ROLES),
    *((role, "server-in-a-container") for role in ROLES if role != "cni"),
    *((role, "not-hardened") for role in ("apiserver", "kubelet", "kubeadm_server", "k3s_server", "k3s_agent")),
    ("apiserver", "server-of-k3s"),
    ("apiserver", "identity-provider"),
    *((role, "encrypted") for role in ("cni", "harden", "k3s_server")),
    *((role, "encrypted-by-ipsec") for role in ("cni", "harden")),
    ("cni", "encrypted-in-user-space"),
    *((role, case) for role in ("prepare", "harden") for case in ("of-redhat", "of-suse")),
    *((role, "of-redhat") for role in ("k3s_server", "k3s_agent")),
    ("k3s_server", "identity-provider"),
    ("harden", "not-hardened"),
    ("kubeadm_server", "second-server"),
    ("cni", "second-server"),
    ("k3s_server", "second-server"),
    ("kubeadm_server", "single-server"),
    ("k3s_server", "single-server"),
    ("k3s_server", "k3s-to-the-letter"),
    ("k3s_agent", "k3s-to-the-letter"),
]


def read(role, folder, name="main.yml"):
    return yaml.safe_load((resource("playbooks") / "roles" / role / folder / name).read_text())


def declared(role, variables):
    """What the action plugin would send to a node for this role."""
    loader = DataLoader()
    plugin = action_loader.get(
        "node_state",
        task=SimpleNamespace(args={}, async_val=0, diff=False),
        connection=None,
        play_context=None,
        loader=loader,
        templar=Templar(loader=loader, variables=variables),
        shared_loader_obj=None,
    )
    return plugin._declared(role, variables)


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_what_the_specification_describes(role):
    options = read(role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]

    assert sorted(options) == sorted(read(role, "defaults"))
    assert all(name.startswith(f"{role}_") for name in [*options, *read(role, "vars")])
    assert all(option.get("description") for option in options.values())
    assert f"{role}_state" in read(role, "vars")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_alone_converges_what_it_declares(role):
    (task,) = read(role, "tasks")

    assert task["node_state"]["roles"] == [role]


@pytest.mark.parametrize(("role", "case"), EXAMPLES)
def test_a_role_declares_what_its_golden_file_says(role, case):
    state = json.loads(json.dumps(declared(role, {**SITE, **NODE, **CASES[case]})))
    golden = GOLDEN / f"{role}.{case}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")

    assert state == json.loads(golden.read_text())


def test_a_wrong_argument_is_refused_before_anything_is_sent():
    with pytest.raises(AnsibleActionFail, match="role kubelet"):
        declared("kubelet", {**SITE, **NODE, "kubelet_eviction": "a lot"})
