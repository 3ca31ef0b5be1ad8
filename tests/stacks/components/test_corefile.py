from stacks.components.corefile import corefile

# What the lab's CoreDNS is built with.
PLUGINS = {"bind", "reload", "ready", "health", "prometheus", "errors", "log", "cache", "rewrite", "loadbalance"}
PLUGINS |= {"template", "hosts", "kubernetes", "k8s_external", "loop", "forward", "metadata", "view", "file"}


def plugins(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line.startswith("    ") and line[4] not in " }"]


def test_only_plugins_that_are_built_in():
    for isolated in (True, False):
        assert set(plugins(corefile(isolated=isolated))) <= PLUGINS


def test_a_site_asks_its_nodes_resolvers_for_other_names():
    text = corefile(isolated=False)

    assert text.startswith(".:53 {")
    assert "forward . /etc/resolv.conf" in text
    assert "fallthrough in-addr.arpa ip6.arpa" in text


def test_a_lab_asks_nobody_and_says_so_at_once():
    cluster, rest = corefile(isolated=True).split("\n.:53 {")

    assert cluster.startswith("cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {")
    assert plugins(rest) == ["errors", "template"]
    assert "forward" not in cluster + rest
