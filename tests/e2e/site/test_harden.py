"""A hardened site on real nodes: what is open, what counts as drift, and that nothing locks the operator out."""

import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mecctl.artifacts.store import Store
from mecctl.nodes import inventory
from mecctl.nodes.steps import Nodes
from mecctl.plan.progress import Silent

pytestmark = pytest.mark.e2e

NODES = ("edge-1", "edge-2")
PORTS = (22, 111, 2379, 2380, 4240, 6443, 8080, 9090, 10249, 10250, 10256, 10257, 10259)
CONNECT = """
import socket, sys
for port in sys.argv[2:]:
    try:
        socket.create_connection((sys.argv[1], int(port)), timeout=1).close()
    except ConnectionRefusedError:
        pass
    except OSError:
        continue
    print(port)
"""


@pytest.fixture(scope="module")
def address(site):
    return {node.name: str(node.address) for node in site.folder.site.nodes}


def assert_up(ended):
    assert ended.code == 0, ended.out + ended.err
    assert [check for check in ended.json["checks"] if not check["ok"]] == []
    ready = {check["peer"] for check in ended.json["checks"] if check["kind"] == "ready"}
    assert ready == set(NODES), ended.out


def assert_nothing_pending(site):
    after = site.plan()
    assert (after.code, after.json["changes"], after.json["unknown"]) == (0, [], [])


def on(site, node, subject):
    return [change for change in site.plan().json["changes"] if change["subject"] == f"{node}: {subject}"]


def passing(host):
    """The ports of `host` that answer this machine in any way: a refusal is an answer, silence isn't."""

    def answers(port):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return True

    with ThreadPoolExecutor(len(PORTS)) as pool:
        return {port for port, answered in zip(PORTS, pool.map(answers, PORTS), strict=True) if answered}


def enters(site, node):
    """Whether a new SSH connection gets in."""
    access, place = site.folder.site.spec.access, next(one for one in site.folder.site.nodes if one.name == node)
    known, key = site.folder.resolve(access.known_hosts), site.folder.resolve(access.private_key)
    options = ["-oBatchMode=yes", "-oConnectTimeout=2", f"-oUserKnownHostsFile={known}", "-oIdentitiesOnly=yes"]
    words = ["ssh", "-F/dev/null", *options, f"-i{key}", f"root@{place.address}", "true"]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def awaits(fact, seconds):
    """Look again and again until it is so."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def test_a_hardened_site_comes_up_as_planned(first):
    planned, done = first

    assert_up(done)
    assert planned.changes() <= done.changes()
    assert ("edge-2: packet filter inet mecctl", "create") in planned.changes()
    assert max(done.json["moduleExecutions"].values()) <= 12


def test_nothing_is_left_to_do(site, first):
    again = site.up()

    assert_up(again)
    assert again.json["changes"] == []
    assert max(again.json["moduleExecutions"].values()) <= 2
    assert_nothing_pending(site)


def test_sshd_takes_keys_only_and_offers_nothing_weak(site, first):
    for node in NODES:
        lines = site.on(node, "sshd -T").splitlines()
        effective = dict(line.split(" ", 1) for line in lines if " " in line)

        assert effective["passwordauthentication"] == effective["kbdinteractiveauthentication"] == "no"
        assert effective["permitrootlogin"] in ("prohibit-password", "without-password")
        assert (
            effective["x11forwarding"] == effective["allowtcpforwarding"] == effective["allowagentforwarding"] == "no"
        )
        assert (effective["maxauthtries"], effective["loglevel"]) == ("4", "VERBOSE")
        offered = ",".join(effective[name] for name in ("kexalgorithms", "ciphers", "macs", "hostkeyalgorithms"))
        weak = ("sha1", "cbc", "md5", "3des", "umac-64", "ssh-dss", "group14", "group1-")
        assert [one for one in offered.split(",") if any(bad in one for bad in weak)] == []


def test_only_what_the_site_needs_is_open(site, first, address):
    assert passing(address["edge-1"]) == {22, 6443}
    assert passing(address["edge-2"]) == {22}
    ports = [str(port) for port in PORTS]
    from_agent = site.podman("exec", "edge-2", "python3", "-c", CONNECT, address["edge-1"], *ports).split()
    from_server = site.podman("exec", "edge-1", "python3", "-c", CONNECT, address["edge-2"], *ports).split()
    assert set(map(int, from_agent)) == {22, 4240, 6443}
    assert set(map(int, from_server)) == {22, 4240, 10250}


def test_the_filter_is_loaded_at_boot_and_kernel_settings_are_the_nodes_own(site, first):
    for node in NODES:
        assert site.on(node, "systemctl is-active mecctl-firewall.service").strip() == "active"
        assert site.on(node, "sysctl -n net.ipv4.conf.all.accept_redirects").strip() == "0"
        assert "kernel." not in site.on(node, "cat /etc/sysctl.d/zz-91-mecctl-harden.conf")
        assert site.on(node, "stat -c %a /root /etc/crontab 2>/dev/null || :").split()[0] == "700"
        open_files = "find /etc/kubernetes /var/lib/kubelet/config.yaml -type f -perm /077"
        assert "/pki/" not in site.on(node, open_files)
        assert "config.yaml" not in site.on(node, open_files)


EDITS = (
    "nft insert rule inet mecctl input tcp dport 4444 accept",
    "nft add element inet mecctl nodes '{ 192.0.2.1 }'",
    "nft flush table inet mecctl; nft 'chain inet mecctl input { policy accept; }'",
    "nft delete table inet mecctl",
)


def test_a_ruleset_that_was_edited_is_drift_and_is_mended(site, first):
    before = site.on("edge-2", "nft -s list table inet mecctl")
    for edit in EDITS:
        anew = f"table inet mecctl\ndelete table inet mecctl\n{before}"
        site.on("edge-2", f"nft -f - <<'END'\n{anew}\nEND\n{edit}")
        (change,) = on(site, "edge-2", "packet filter inet mecctl")
        assert change["reason"] == "isn't what was loaded: somebody changed it", edit
    mended = site.up()

    assert_up(mended)
    assert mended.changes() == {("edge-2: packet filter inet mecctl", "update")}
    assert site.on("edge-2", "nft -s list table inet mecctl") == before
    assert on(site, "edge-2", "packet filter inet mecctl") == []


def test_what_was_made_goes_with_hardening_and_comes_back_on_a_running_site(site, first, monkeypatch):
    """The role alone: what the control plane has encrypted can't go back."""
    render = inventory.render

    def off(*given):
        hosts = render(*given)
        hosts["all"]["vars"]["harden_wanted"] = False
        return hosts

    monkeypatch.setattr(inventory, "render", off)
    assert Nodes(site.folder, Store(), Silent()).apply().failures == {}
    assert Nodes(site.folder, Store(), Silent()).plan().changes == ()
    monkeypatch.undo()
    for node in NODES:
        left = site.on(node, "find /etc /usr/local/sbin -name '*mecctl*'; ls -d /run/mecctl-firewall 2>&1 || :")
        made = ("firewall.service", "sbin/mecctl-firewall", "zz-91-mecctl", "10-mecctl.conf", "umask")
        # The kubelet's own settings are called 10-mecctl.conf as well.
        assert [
            line for line in left.splitlines() if "kubelet.d" not in line and any(one in line for one in made)
        ] == []
        assert "No such file" in left
        assert "inet mecctl" not in site.on(node, "nft list tables")
        assert "allowtcpforwarding yes" in site.on(node, "sshd -T")

    assert_up(site.up())
    assert_nothing_pending(site)
    assert "inet mecctl" in site.on("edge-2", "nft list tables")


def test_a_filter_that_nobody_keeps_is_undone_by_the_node(site, first):
    """As when mecctl is killed between loading it and coming in anew."""
    before = site.on("edge-2", "nft -s list table inet mecctl")
    closed = "table inet mecctl { chain input { type filter hook input priority 0; policy drop; }; }"
    replace = f"printf 'table inet mecctl\\ndelete table inet mecctl\\n{closed}\\n'"
    site.on("edge-2", f"{replace} | mecctl-firewall try 6")
    assert not enters(site, "edge-2")

    assert awaits(lambda: enters(site, "edge-2"), 30)

    assert site.on("edge-2", "nft -s list table inet mecctl") == before
    assert_nothing_pending(site)


def test_a_filter_that_keeps_mecctl_out_fails_its_node_and_is_undone(site, first, monkeypatch):
    render = inventory.render

    def wrong(*given):
        hosts = render(*given)
        hosts["all"]["children"]["machines"]["hosts"]["edge-2"] |= {"harden_ssh_port": 2222, "harden_trial": 12}
        return hosts

    monkeypatch.setattr(inventory, "render", wrong)
    result = Nodes(site.folder, Store(), Silent()).apply()
    monkeypatch.undo()

    assert set(result.failures) == {"edge-2"}
    said = str(result.failures["edge-2"])
    assert said.startswith("edge-2: the new packet filter kept mecctl out, so the node has undone it")
    assert enters(site, "edge-2")
    assert_nothing_pending(site)


def test_a_sshd_that_would_not_start_keeps_its_settings(site, first):
    """Whatever is wrong in sshd's other files, ours never comes on top of it."""
    site.on("edge-2", "echo Nonsense yes > /etc/ssh/sshd_config.d/99-broken.conf")
    site.on("edge-2", "sed -i s/VERBOSE/INFO/ /etc/ssh/sshd_config.d/10-mecctl.conf")

    failed = site.up()

    site.on("edge-2", "rm /etc/ssh/sshd_config.d/99-broken.conf")
    assert failed.code == 1
    (error,) = failed.json["errors"]
    assert error["where"] == "edge-2: /etc/ssh/sshd_config.d/10-mecctl.conf"
    assert error["what"] == "sshd refuses its new settings; the old ones stay"
    assert "99-broken.conf" in error["why"]
    assert "LogLevel INFO" in site.on("edge-2", "cat /etc/ssh/sshd_config.d/10-mecctl.conf")
    assert enters(site, "edge-2")
    assert_up(site.up())
