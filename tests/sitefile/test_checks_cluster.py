"""Checks across nodes, networks and versions."""

import pytest

NODES = """\
    - {name: edge-1, address: 10.77.0.11, roles: [server]}
    - {name: edge-2, address: 10.77.0.12, roles: [agent]}
"""
K3S = (("kubeadm", "k3s"), ("v1.36.3", "v1.36.5+k3s1"), ("cilium", "flannel"))


def nodes(*rows: str) -> tuple[str, str]:
    return NODES, "".join(f"    - {{{row}}}\n" for row in rows)


def servers(count: int) -> list[str]:
    return [f"name: edge-{i}, address: 10.77.0.{11 + i}, roles: [server, agent]" for i in range(count)]


def one(problems: list[str]) -> str:
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "name: edge-2",
            "name: edge-1",
            "8: spec.nodes[1].name: edge-1 is also the name of spec.nodes[0]; each node has its own name",
        ),
        (
            "10.77.0.12",
            "10.77.0.11",
            "8: spec.nodes[1].address: 10.77.0.11 is also the address of spec.nodes[0]; each node has its own address",
        ),
        ("[agent]", "[agent, agent]", "8: spec.nodes[1].roles: a role comes twice; each role once"),
        ("[server]", "[agent]", "6: spec.nodes: no node has the role server; at least one: roles: [server]"),
        (
            "serviceCIDR: 10.43.0.0/16",
            "serviceCIDR: 10.42.128.0/17",
            "12: spec.kubernetes.network.serviceCIDR: 10.42.128.0/17 overlaps podCIDR 10.42.0.0/16; two ranges apart",
        ),
        (
            "serviceCIDR: 10.43.0.0/16",
            "serviceCIDR: 10.43.0.0/29",
            "12: spec.kubernetes.network.serviceCIDR: 10.43.0.0/29 has the wrong size; a prefix from /12 to /28",
        ),
        (
            "podCIDR: 10.42.0.0/16",
            "podCIDR: 10.42.0.0/24",
            (
                "12: spec.kubernetes.network.podCIDR: 10.42.0.0/24 holds a /24 for 1 of the 2 nodes; "
                "a shorter prefix, for example /16"
            ),
        ),
        (
            "podCIDR: 10.42.0.0/16",
            "podCIDR: 10.42.0.0/25",
            (
                "12: spec.kubernetes.network.podCIDR: 10.42.0.0/25 holds a /24 for 0 of the 2 nodes; "
                "a shorter prefix, for example /16"
            ),
        ),
        (
            "10.77.0.12",
            "10.42.0.12",
            "8: spec.nodes[1].address: 10.42.0.12 is inside podCIDR 10.42.0.0/16; an address outside of it",
        ),
        (
            "10.77.0.12",
            "10.43.0.12",
            "8: spec.nodes[1].address: 10.43.0.12 is inside serviceCIDR 10.43.0.0/16; an address outside of it",
        ),
        (
            "cni: cilium",
            "cni: flannel",
            "12: spec.kubernetes.network.cni: flannel isn't built under kubeadm; write cni: cilium",
        ),
        (
            "v1.36.3",
            "v1.35.9",
            "11: spec.kubernetes.version: v1.35.9 isn't supported under kubeadm; a version of v1.36",
        ),
        (
            "v1.36.3",
            "v1.37.0",
            "11: spec.kubernetes.version: v1.37.0 isn't supported under kubeadm; a version of v1.36",
        ),
        (
            "v1.36.3",
            "v2.36.0",
            "11: spec.kubernetes.version: v2.36.0 isn't supported under kubeadm; a version of v1.36",
        ),
        (
            "v1.36.3",
            "v1.36.5+k3s1",
            "11: spec.kubernetes.version: v1.36.5+k3s1 isn't a version of kubeadm; for example v1.36.3",
        ),
    ],
)
def test_kubeadm(told, old, new, said):
    assert one(told((old, new))) == f"site.yaml:{said}"


@pytest.mark.parametrize("version", ["v1.36.0", "v1.36.3", "v1.36.12"])
def test_kubeadm_versions(edited, version):
    edited(("v1.36.3", version))


@pytest.mark.parametrize("version", ["v1.34.4+k3s1", "v1.35.4+k3s2", "v1.36.5+k3s1", "v1.37.1+k3s1"])
def test_k3s_versions(edited, version):
    edited(*K3S[:1], ("v1.36.3", version), K3S[2])


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v1.36.5", "v1.36.5 isn't a version of k3s; for example v1.36.5+k3s1"),
        ("v1.33.9+k3s1", "v1.33.9+k3s1 isn't supported under k3s; a version of v1.34, v1.35, v1.36, v1.37"),
        ("v1.38.0+k3s1", "v1.38.0+k3s1 isn't supported under k3s; a version of v1.34, v1.35, v1.36, v1.37"),
    ],
)
def test_k3s_versions_refused(told, version, said):
    assert one(told(*K3S[:1], ("v1.36.3", version), K3S[2])) == f"site.yaml:11: spec.kubernetes.version: {said}"


def test_k3s_is_the_default_distribution(told):
    problems = told(("    distribution: kubeadm\n", ""))
    assert [problem.split(": ", 2)[2] for problem in problems] == [
        "v1.36.3 isn't a version of k3s; for example v1.36.5+k3s1",
        "cilium isn't built under k3s; write cni: flannel",
    ]


@pytest.mark.parametrize("count", [1, 3, 5])
def test_odd_numbers_of_servers(edited, count):
    found = edited(*K3S, nodes(*servers(count)))
    assert len(found.site.servers) == count


@pytest.mark.parametrize("count", [2, 4])
def test_even_numbers_of_servers(told, count):
    assert one(told(*K3S, nodes(*servers(count)))) == (
        f"site.yaml:6: spec.nodes: {count} nodes have the role server, and an even number survives no more failures "
        "than one less; 1, 3 or 5 servers"
    )


def test_more_servers_without_an_endpoint_deserve_a_second_look(edited):
    (warning,) = edited(*K3S, nodes(*servers(3))).warnings
    assert warning.startswith("no spec.kubernetes.endpoint: every node reaches the API through edge-0 (10.77.0.11)")
    endpoint = ("    hardening: none\n", "    hardening: none\n    endpoint: 10.77.0.10\n")
    assert edited(*K3S, nodes(*servers(3)), endpoint).warnings == ()


def test_workloads_need_a_node(told):
    problem = one(told(nodes("name: edge-1, address: 10.77.0.11, roles: [server]")))
    assert problem == (
        "site.yaml:6: spec.nodes: there are workloads but no node to run them on; at least one node with the role "
        "agent; a server may have both"
    )


LAB = ("  slices:\n", "  lab: {driver: podman}\n  slices:\n")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("10.78.0.12", "address: 10.78.0.12 isn't in 10.77.0.0/24 like edge-1; one /24 for all nodes of a lab"),
        ("10.77.0.1", "address: 10.77.0.1 is the lab network's own; from 10.77.0.2 to 10.77.0.254"),
        ("10.77.0.0", "address: 10.77.0.0 is the lab network's own; from 10.77.0.2 to 10.77.0.254"),
        ("10.77.0.255", "address: 10.77.0.255 is the lab network's own; from 10.77.0.2 to 10.77.0.254"),
        ("10.77.0.12, port: 2222", "port: a lab node's SSH answers on port 22; leave it out"),
    ],
)
def test_lab_addresses(told, edited, new, said):
    assert one(told(LAB, ("10.77.0.12", new))) == f"site.yaml:8: spec.nodes[1].{said}"
    edited(("10.77.0.12", new))


def test_lab_with_public_addresses(told):
    problems = told(LAB, ("10.77.0.11", "9.9.9.11"), ("10.77.0.12", "9.9.9.12"))
    assert [problem.split(": ", 2)[2] for problem in problems] == [
        "9.9.9.11 is a public address; a private one, for example 10.77.0.11",
        "9.9.9.12 is a public address; a private one, for example 10.77.0.11",
    ]


def test_the_machines_of_a_lab_are_nodes(told, edited):
    lab = "  lab: {{driver: podman, machines: [{}]}}\n  slices:\n"

    assert one(told(("  slices:\n", lab.format("edge-2, edge-7")))).endswith(
        "spec.lab.machines[1]: there is no node edge-7; one of: edge-1, edge-2"
    )
    assert edited(("  slices:\n", lab.format("edge-2"))).site.spec.lab.machines == ("edge-2",)


def test_wireguard_in_user_space_is_for_cilium_that_encrypts(told, edited):
    lab = ("  slices:\n", "  lab: {driver: podman, userspaceWireguard: true}\n  slices:\n")

    assert one(told(lab)).endswith(
        "spec.lab.userspaceWireguard: the pod network is cilium with encryption none; "
        "cni: cilium, encryption: wireguard; or leave it out"
    )
    edited(lab, ("cni: cilium", "cni: cilium, encryption: wireguard"))
