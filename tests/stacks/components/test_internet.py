from stacks.components.internet import not_internet
from tests.stacks.rendering import site

NETWORK = {"cni": "cilium", "podCIDR": "20.0.0.0/16", "serviceCIDR": "20.1.0.0/16"}


def kubernetes(**more):
    return {"distribution": "kubeadm", "version": "v1.36.3", "network": NETWORK, **more}


def test_what_is_the_sites_own_stays_closed_at_public_addresses_too():
    nodes = [{"name": "edge-1", "address": "9.9.9.1", "roles": ["server", "agent"]}]
    closed = not_internet(site(nodes=nodes, kubernetes=kubernetes(endpoint="9.9.8.1:6443")))

    assert {"9.9.9.1/32", "9.9.8.1/32", "20.0.0.0/15", "169.254.0.0/16"} < set(closed)


def test_an_api_with_a_name_has_no_range():
    assert not_internet(site(kubernetes=kubernetes(endpoint="api.site.example"))) == not_internet(
        site(kubernetes=kubernetes())
    )
