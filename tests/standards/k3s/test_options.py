"""The table of K3s' options, and what it says of a configuration."""

import pytest

from mecctl.standards import k3s
from mecctl.standards.k3s import Refused

V36, V37 = "v1.36.5+k3s1", "v1.37.1+k3s1"
# docs/cli/server.md of k3s-io/docs at 428ec4c: "the following options must be set to the same value on all servers"
SAME = {
    "agent-token", "cluster-cidr", "cluster-dns", "cluster-domain", "disable-cloud-controller",
    "disable-helm-controller", "disable-network-policy", "disable", "egress-selector-mode", "flannel-backend",
    "flannel-external-ip", "flannel-ipv6-masq", "secrets-encryption", "service-cidr",
}  # fmt: skip


def refused(config, version=V36, role="server"):
    return list(k3s.refused(config, version, role))


def test_every_option_says_where_it_is_documented():
    for option in k3s.options().values():
        assert option.source.startswith("https://")
        assert option.commit is None or option.commit in option.source


def test_every_option_has_a_type_and_a_place():
    assert {option.type for option in k3s.options().values()} == {"bool", "int", "text", "duration", "list"}
    assert {option.role for option in k3s.options().values()} == {"server", "agent", "both"}
    assert all(option.since in k3s.MINORS for option in k3s.options().values())


def test_what_k3s_wants_equal_on_all_servers_is_marked():
    assert k3s.equal_on_servers() >= SAME


@pytest.mark.parametrize(
    "config",
    [
        {"tls-san": ["10.0.0.1"]},
        {"tls-san": "10.0.0.1"},
        {"kubelet-arg+": ["max-pods=60"]},
        {"etcd-snapshot-retention": 9},
        {"etcd-s3-timeout": "1m30s"},
        {"disable": ["traefik", "servicelb"]},
    ],
)
def test_what_k3s_documents_is_taken(config):
    assert refused(config) == []


@pytest.mark.parametrize(
    ("config", "what", "allowed"),
    [
        ({"tls-sans": []}, "tls-sans is no option that K3s v1.36 documents", "an option of docs.k3s.io/cli/server"),
        (
            {"write-kubeconfig-name": "street"},
            "K3s v1.36 doesn't know write-kubeconfig-name, which came with v1.37",
            "leave it out, or a version of v1.37",
        ),
        ({"no-deploy": ["traefik"]}, "no K3s from v1.34 on knows no-deploy any more", "disable stands in its place"),
        (
            {"flannel-backend": "ipsec"},
            "no K3s from v1.34 on knows flannel-backend: ipsec any more",
            "wireguard-native stands in its place",
        ),
        ({"flannel-backend": "udp"}, "'udp' isn't a value of flannel-backend",
         "one of none, vxlan, host-gw, wireguard-native"),
        ({"disable": ["treafik"]}, "['treafik'] isn't a value of disable",
         "one of coredns, servicelb, traefik, local-storage, metrics-server, runtimes"),
        ({"secrets-encryption": "yes"}, "'yes' isn't a value of secrets-encryption", "true or false"),
        ({"etcd-snapshot-retention": True}, "True isn't a value of etcd-snapshot-retention", "a whole number"),
        ({"etcd-s3-timeout": "5 minutes"}, "'5 minutes' isn't a value of etcd-s3-timeout", "a duration such as 5m"),
        ({"tls-san": [1]}, "[1] isn't a value of tls-san", "a list of text"),
        ({"debug+": True}, "debug has one value, and nothing can be appended to it", "write debug"),
    ],
)  # fmt: skip
def test_the_rest_is_refused_with_what_would_do(config, what, allowed):
    (name,) = config

    assert refused(config) == [Refused(name.removesuffix("+"), what, allowed)]


def test_a_later_minor_takes_its_own_options():
    assert refused({"write-kubeconfig-name": "street"}, V37) == []


def test_an_agent_takes_no_options_of_servers():
    (one,) = refused({"cluster-init": True}, role="agent")

    assert one.what == "cluster-init is an option of servers, and an agent of K3s v1.36 doesn't take it"
    assert refused({"node-name": "edge-1", "server": "https://10.0.0.1:6443"}, role="agent") == []
