"""What only K3s has, in site files: options of the version, tokens by file, registries, flannel."""

import pytest

K3S = (("kubeadm", "k3s"), ("v1.36.3", "v1.36.5+k3s1"), ("cilium", "flannel"))
HERE = "    hardening: none\n"
TOKEN, OTHER = "0" * 64, "1" * 64


def block(*lines):
    return HERE, HERE + "".join(f"    {line}\n" for line in lines)


@pytest.fixture
def one(told):
    def one_problem(*lines, edits=K3S):
        (problem,) = told(*edits, block(*lines))
        return problem.partition(": ")[2]

    return one_problem


def test_all_of_it_is_read(edited, folder):
    (folder / "server").write_text(TOKEN)
    (folder / "agent").write_text(OTHER)
    for name in ("server", "agent"):
        (folder / name).chmod(0o600)

    site = edited(
        *K3S,
        block(
            "k3s:",
            "  disable: [traefik, servicelb]",
            "  embeddedRegistry: true",
            "  tokenFile: server",
            "  agentTokenFile: agent",
            "  serverOptions: {etcd-snapshot-retention: 9, tls-san: [api.site.example]}",
            "  nodeOptions: {kubelet-arg: [v=2], prefer-bundled-bin: true}",
            "  kubelet: {maxPods: 60, evictionHard: {memory.available: 200Mi}}",
            "registries:",
            "  mirrors: {'*': {endpoint: ['https://registry.site.example:5000']}}",
            "  configs: {'registry.site.example:5000': {tls: {caFile: /etc/ssl/site.pem}}}",
        ),
    ).site

    assert site.kubernetes.k3s.server_options == {"etcd-snapshot-retention": 9, "tls-san": ("api.site.example",)}
    assert site.kubernetes.k3s.node_options["prefer-bundled-bin"] is True


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "serverOptions: {write-kubeconfig-name: street}",
            ("serverOptions.write-kubeconfig-name: K3s v1.36 doesn't know write-kubeconfig-name, which came with "
            "v1.37; leave it out, or a version of v1.37"),
        ),
        (
            "serverOptions: {no-deploy: [traefik]}",
            "serverOptions.no-deploy: no K3s from v1.34 on knows no-deploy any more; disable stands in its place",
        ),
        (
            "serverOptions: {tls-sans: [a.example]}",
            ("serverOptions.tls-sans: tls-sans is no option that K3s v1.36 documents; "
            "an option of docs.k3s.io/cli/server"),
        ),
        (
            "nodeOptions: {kube-apiserver-arg: [v=2]}",
            ("nodeOptions.kube-apiserver-arg: kube-apiserver-arg is an option of servers, "
            "and an agent of K3s v1.36 doesn't take it; on servers only"),
        ),
        (
            "serverOptions: {cluster-cidr: [10.1.0.0/16]}",
            "serverOptions.cluster-cidr: cluster-cidr isn't for a site file to set; write kubernetes.network.podCIDR",
        ),
        (
            "serverOptions: {token: abc}",
            "serverOptions.token: token isn't for a site file to set; a secret; write kubernetes.k3s.tokenFile",
        ),
        ("serverOptions: {etcd-snapshot-retention: many}",
         "serverOptions.etcd-snapshot-retention: 'many' isn't a value of etcd-snapshot-retention; a whole number"),
        ("kubelet: {podPidsLimit: 5}", "kubelet.podPidsLimit: podPidsLimit is set by K3s or by mecctl; leave it out"),
        ("kubelet: {max-pods: 5}",
         "kubelet.max-pods: max-pods is no field of KubeletConfiguration; for example maxPods"),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_is_refused(one, given, said):
    assert one("k3s:", f"  {given}") == f"spec.kubernetes.k3s.{said}"


def test_an_option_of_another_minor_is_taken_there(edited):
    edited(K3S[0], ("v1.36.3", "v1.37.1+k3s1"), K3S[2], block("k3s: {serverOptions: {write-kubeconfig-name: street}}"))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_token_that_others_may_read_is_refused(one, folder, mode):
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(mode)

    said = one("k3s: {tokenFile: token}").replace(str(folder), "/site")

    assert said == (
        f"spec.kubernetes.k3s.tokenFile: others may read the token in {folder}/token (mode {mode:04o}); "
        f"chmod 600 {folder}/token"
    ).replace(str(folder), "/site")


@pytest.mark.parametrize("text", ["", "short", f"{TOKEN}\n{TOKEN}", f"K10{TOKEN}::server:{TOKEN}", f"{TOKEN} {TOKEN}"])
def test_what_is_no_token_is_refused(one, folder, text):
    (folder / "token").write_text(text)
    (folder / "token").chmod(0o600)

    assert "/token holds no token: one line of 32" in one("k3s: {agentTokenFile: token}")


def test_a_token_that_is_not_there_is_refused(one):
    assert "spec.kubernetes.k3s.tokenFile: there is no file" in one("k3s: {tokenFile: token}")


def test_agents_have_no_token_of_the_servers(one, folder):
    for name in ("server", "agent"):
        (folder / name).write_text(TOKEN)
        (folder / name).chmod(0o600)

    assert one("k3s: {tokenFile: server, agentTokenFile: agent}") == (
        "spec.kubernetes.k3s.agentTokenFile: agents have the servers' token, with which they could become servers; "
        "a token of its own in each file"
    )


def test_a_password_of_a_registry_is_refused(one):
    said = one("registries: {configs: {r.example: {tls: {}, auth: {username: me, password: secret}}}}")

    assert "users and passwords of registries aren't built" in said
    assert "secret" not in said


def test_a_mirror_with_a_password_in_its_address_is_refused_without_showing_it(one):
    assert "isn't a registry's address" in one("registries: {mirrors: {r.example: {endpoint: ['r.example']}}}")


def test_packets_are_encrypted_or_routed_as_they_are(told):
    network = ("cni: flannel", "cni: flannel, flannelBackend: host-gw, encryption: wireguard")

    (problem,) = told(*K3S, network)

    assert problem.endswith(
        "host-gw routes packets as they are, and encryption is wireguard; leave flannelBackend out, or encryption: none"
    )


def test_flannel_has_no_ipsec(told):
    (problem,) = told(*K3S, ("cni: flannel", "cni: flannel, encryption: ipsec"))

    assert problem.endswith("network.encryption: flannel has no IPsec any more; write encryption: wireguard")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "k3s: {disable: [traefik]}",
            "spec.kubernetes.k3s: this is K3s', and the distribution is kubeadm; leave it out",
        ),
        (
            "registries: {mirrors: {'*': {endpoint: ['https://r.example']}}}",
            (
                "spec.kubernetes.registries: registries of one's own aren't built under kubeadm; "
                "leave it out, or distribution: k3s"
            ),
        ),
    ],
)
def test_other_distributions_have_none_of_it(one, lines, said):
    assert one(lines, edits=()) == said


def test_an_even_number_of_servers_is_refused(told):
    (problem,) = told(*K3S, ("[agent]", "[server, agent]"))

    assert problem.endswith("and an even number survives no more failures than one less; 1, 3 or 5 servers")
