"""What of a site only K3s reads."""

import pytest

from mecctl.model import K3s, Registries
from mecctl.nodes import inventory, k3s


@pytest.fixture
def site_with(folder):
    """The site with other values of its Kubernetes part."""

    def changed(**values):
        kubernetes = folder.site.kubernetes.model_copy(update=values)
        spec = folder.site.spec.model_copy(update={"kubernetes": kubernetes})
        return type(folder)(folder.path, folder.site.model_copy(update={"spec": spec}))

    return changed


def own(**values):
    return K3s.model_validate(values)


def test_a_site_that_says_nothing_has_no_files_of_its_own(folder):
    assert k3s.settings(folder) == {
        "disable": [], "embedded_registry": False, "server_config": {}, "node_config": {}, "kubelet": {},
        "registries": {},
    }  # fmt: skip
    assert k3s.token_files(folder) == {}
    assert set(k3s.token_sums(folder).values()) == {"made up"}


def test_lists_come_on_top_of_what_mecctl_gives(site_with):
    given = own(serverOptions={"tls-san": ["a.example"], "debug": True}, nodeOptions={"kubelet-arg": "v=2"})

    found = k3s.settings(site_with(k3s=given))

    assert found["server_config"] == {"debug": True, "kubelet-arg+": "v=2", "tls-san+": ["a.example"]}
    assert found["node_config"] == {"kubelet-arg+": "v=2"}


def test_registries_are_written_as_k3s_reads_them(site_with):
    given = Registries.model_validate({
        "mirrors": {"docker.io": {"endpoint": ["https://r.example"], "rewrite": {"^(.*)$": "mirror/$1"}}},
        "configs": {"r.example": {"tls": {"caFile": "/etc/ssl/r.pem"}}},
    })  # fmt: skip

    assert k3s.settings(site_with(registries=given))["registries"] == {
        "mirrors": {"docker.io": {"endpoint": ["https://r.example"], "rewrite": {"^(.*)$": "mirror/$1"}}},
        "configs": {"r.example": {"tls": {"ca_file": "/etc/ssl/r.pem"}}},
    }


def test_nodes_that_share_images_share_all_and_open_a_port_to_each_other(site_with, facts, blobs):
    folder = site_with(k3s=own(embeddedRegistry=True))

    assert k3s.settings(folder)["registries"] == {"mirrors": {"*": {}}}
    ports = inventory.render(folder, facts, blobs)["all"]["vars"]["site_open_ports"]
    assert {(port["port"], port["from"]) for port in ports} >= {
        (5001, f"{node.address}/32") for node in folder.site.nodes
    }


def test_a_token_is_named_by_file_and_never_in_the_inventory(site_with, facts, blobs):
    folder = site_with(k3s=own(tokenFile="token"))
    (folder.path / "token").write_text("0" * 64 + "\n")

    variables = inventory.render(folder, facts, blobs)["all"]["vars"]

    assert variables["site_token_files"] == {"server_token": str(folder.path / "token")}
    assert variables["site_token_sums"]["agent_token"] == "made up"
    assert "0" * 32 not in str(variables)
