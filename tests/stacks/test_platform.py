from tests.stacks.rendering import full_site, render, site


def test_closes_the_default_and_the_system_namespace():
    made = render("platform", full_site())

    assert made.names("Namespace") == {"/mecctl-system"}
    assert made.names("NetworkPolicy") == {
        "mecctl-system/default-deny",
        "mecctl-system/allow-dns",
        "mecctl-system/namespace-guard",
        "default/default-deny",
        "default/allow-dns",
        "kube-system/default-deny",
        "kube-system/allow-dns",
    }


def test_default_deny_selects_every_pod_in_both_directions():
    spec = render("platform", full_site()).find("NetworkPolicy", "default-deny", "default")["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_dns_is_the_only_way_out():
    spec = render("platform", full_site()).find("NetworkPolicy", "allow-dns", "default")["spec"]

    assert spec == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }
        ],
    }


def test_k3s_keeps_its_own_dns():
    made = render("platform", site(kubernetes={"version": "v1.36.5+k3s1", "network": {"cni": "flannel"}}))

    assert made.names("Deployment") == {"mecctl-system/namespace-guard"}
    assert made.names("Service") == set()


def test_kube_system_lets_in_who_asks_for_names_and_under_k3s_what_k3s_brings():
    k3s = site(kubernetes={"version": "v1.36.5+k3s1", "network": {"cni": "flannel"}})
    made = render("platform", k3s)
    names = made.find("NetworkPolicy", "allow-dns", "kube-system")["spec"]

    assert {name for name in made.names("NetworkPolicy") if name.startswith("kube-system/")} == {
        f"kube-system/{name}" for name in ("default-deny", "allow-dns", "allow-metrics-server", "allow-traefik")
    }
    assert made.find("NetworkPolicy", "default-deny", "kube-system")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
    }
    assert names["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}
    assert {(port["protocol"], port["port"]) for port in names["ingress"][0]["ports"]} == {
        ("UDP", 53),
        ("TCP", 53),
        ("TCP", 9153),
    }


def test_a_site_that_is_not_hardened_has_no_guard_and_an_open_kube_system():
    soft = {"distribution": "kubeadm", "version": "v1.36.3", "network": {"cni": "cilium"}, "hardening": "none"}
    made = render("platform", site(kubernetes=soft))

    assert made.names("Deployment") == {"kube-system/coredns"}
    assert {name for name in made.names("NetworkPolicy") if name.startswith("kube-system/")} == set()


def test_the_guard_may_only_close_disarm_and_vouch_for_kubelets():
    rules = render("platform", full_site()).find("ClusterRole", "mecctl:namespace-guard")["rules"]

    writing = {
        (resource, verb, *rule.get("resourceNames", ()))
        for rule in rules
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if verb not in ("get", "list", "watch")
    }
    assert writing == {
        ("networkpolicies", "create"),
        ("serviceaccounts", "patch", "default"),
        ("certificatesigningrequests/approval", "update"),
        ("signers", "approve", "kubernetes.io/kubelet-serving"),
    }
    assert not [rule for rule in rules if "secrets" in rule["resources"]]
