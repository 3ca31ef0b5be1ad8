from tests.stacks.rendering import full_site, render, site


def test_closes_the_default_and_the_system_namespace():
    made = render("platform", full_site())

    assert made.names("Namespace") == {"/mecctl-system"}
    assert made.names("NetworkPolicy") == {
        "mecctl-system/default-deny",
        "mecctl-system/allow-dns",
        "default/default-deny",
        "default/allow-dns",
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

    assert made.names("Deployment") == made.names("Service") == set()
