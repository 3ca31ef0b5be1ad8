"""The lab on this machine: what its nodes are, where they can't reach, what survives, and that nothing is left."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mecctl import lab
from mecctl.artifacts.store import Store
from mecctl.errors import InputError, LockedError, MecctlError
from mecctl.lab import ip
from mecctl.plan.progress import Silent
from mecctl.sitefile import load
from mecctl.sitelock import hold
from tests.support.host import left_behind, snapshot
from tests.support.lab import free_subnet, live_lab, write_site

pytestmark = pytest.mark.e2e

PREPARE = """
import sys
from mecctl import lab
from mecctl.artifacts.store import Store
from mecctl.plan.progress import Silent
from mecctl.sitefile import load
"""
UP = "lab.up(load(sys.argv[1]), Store(), Silent())"
DOWN = "lab.down(load(sys.argv[1]), Silent())"


def reach(live, node, address, port):
    """Try a TCP connection from a node; return what became of it and the seconds it took."""
    code = f"import socket; s = socket.socket(); s.settimeout(5); print(s.connect_ex(('{address}', {port})))"
    began = time.monotonic()
    number = int(live.ssh(node, f'python3 -c "{code}"'))
    return (os.strerror(number) if number else "connected"), time.monotonic() - began


# What a node is


ALIKE = {
    "systemctl is-system-running --wait": "running",
    "findmnt --noheadings --output PROPAGATION /": "shared",
    "findmnt --noheadings --output VFS-OPTIONS /var/lib/mecctl/seed | cut -d, -f1": "ro",
    "findmnt --noheadings --output FSTYPE /sys/fs/bpf": "bpf",
    "test -c /dev/kmsg && echo there": "there",
    "stat --file-system --format %T /var/lib | grep --count overlay": "0",
    "ip route show default | wc --lines": "1",
}


@pytest.mark.parametrize("command", ALIKE)
def test_nodes_are_what_kubernetes_wants(shared_lab, command):
    assert [shared_lab.ssh(node, f"{command} || true") for node in ("n1", "n2")] == [ALIKE[command]] * 2


@pytest.mark.parametrize("command", ["hostname", "cat /etc/machine-id", "cat /proc/sys/kernel/random/boot_id"])
def test_nodes_are_machines_of_their_own(shared_lab, command):
    assert shared_lab.ssh("n1", command) != shared_lab.ssh("n2", command)


def test_each_node_has_a_systemd_hierarchy_of_its_own(shared_lab):
    """Under cgroup v1 podman's own systemd mode would show every node the host's, and they would share their units."""
    for node in ("n1", "n2"):
        lines = Path(f"/proc/{shared_lab.pid(node)}/cgroup").read_text().splitlines()
        paths = [line.split(":", 2)[2] for line in lines if "name=systemd" in line or line.startswith("0::")]

        assert paths
        assert all(path.startswith(f"/mecctl-{shared_lab.names.id}/libpod-") for path in paths)


def test_only_the_labs_key_opens_a_node(shared_lab):
    address = shared_lab.folder.site.nodes[0].address
    common = ["ssh", "-F/dev/null", "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oBatchMode=yes"]

    ended = subprocess.run([*common, f"root@{address}", "true"], capture_output=True, text=True, check=False)

    assert ended.returncode == 255
    assert "Permission denied (publickey)" in ended.stderr


def test_the_private_key_is_readable_by_its_owner_only(shared_lab):
    key = shared_lab.folder.resolve(shared_lab.folder.site.spec.access.private_key)

    assert key.stat().st_mode & 0o777 == 0o600


def test_kernel_settings_of_a_node_are_not_the_hosts(shared_lab):
    host = Path("/proc/sys/kernel/panic").read_text()
    other = "27" if host.strip() != "27" else "28"

    said = shared_lab.ssh("n1", f"sysctl -qw kernel.panic={other} vm.overcommit_memory=1; cat /proc/sys/kernel/panic")
    refused = shared_lab.ssh("n1", "sysctl -w vm.dirty_ratio=33", check=False)

    assert said == other
    assert "vm.dirty_ratio = 33" not in refused
    assert Path("/proc/sys/kernel/panic").read_text() == host
    assert shared_lab.ssh("n2", "cat /proc/sys/kernel/panic") == host.strip()


# Where nodes can't reach


def test_nodes_reach_each_other(shared_lab):
    address = shared_lab.folder.site.nodes[1].address

    assert reach(shared_lab, "n1", address, 22)[0] == "connected"


@pytest.mark.parametrize("address", ["198.51.100.7", "10.43.0.1", "10.42.0.9"])
def test_nothing_leads_out_and_the_answer_comes_at_once(shared_lab, address):
    said, seconds = reach(shared_lab, "n1", address, 443)

    assert said == "Network is unreachable"
    assert seconds < 2


def test_name_look_ups_fail_at_once(shared_lab):
    began = time.monotonic()

    ended = shared_lab.ssh("n1", "getent hosts example.com; echo $?")

    assert ended == "2"
    assert time.monotonic() - began < 2


def test_nodes_do_not_reach_the_host(shared_lab):
    server = socket.create_server(("0.0.0.0", 0))  # noqa: S104 - on the addresses that nodes mustn't reach, too
    port = server.getsockname()[1]
    rows = ip.show("-4", "address")
    addresses = [info["local"] for row in rows for info in row["addr_info"] if not info["local"].startswith("127.")]

    said = {address: reach(shared_lab, "n1", address, port) for address in addresses}

    server.close()
    assert said
    assert {outcome for outcome, _ in said.values()} <= {"Connection refused", "Network is unreachable"}
    assert max(seconds for _, seconds in said.values()) < 2


def test_nodes_do_not_reach_the_host_by_a_route_of_their_own_making(shared_lab):
    """A node could send to the host what it should send to its gateway: the host drops that, forwarding or not."""
    host = f"{shared_lab.folder.site.nodes[0].address.rpartition('.')[0]}.254"
    shared_lab.ssh("n1", f"ip route add 198.51.100.0/24 via {host}")

    said, _ = reach(shared_lab, "n1", "198.51.100.7", 80)

    shared_lab.ssh("n1", "ip route delete 198.51.100.0/24")
    assert said != "connected"


def test_two_labs_do_not_reach_each_other(shared_lab, new_lab):
    other = new_lab(nodes=("n1",))
    other.up()

    said, _ = reach(shared_lab, "n1", other.folder.site.nodes[0].address, 22)

    assert said == "Network is unreachable"
    assert other.ssh("n1", "hostname") == shared_lab.ssh("n1", "hostname") == "n1"


# Up again


def test_a_second_up_changes_nothing_and_is_quick(shared_lab):
    before = [shared_lab.pid(node) for node in ("n1", "n2")]
    began = time.monotonic()

    told = shared_lab.up()

    assert time.monotonic() - began < 2
    assert [shared_lab.pid(node) for node in ("n1", "n2")] == before
    assert told.logged == []


def test_status_says_what_runs(shared_lab):
    assert [(one.name, one.state) for one in lab.status(shared_lab.folder)] == [("n1", "running"), ("n2", "running")]


def test_a_second_up_at_once_is_told_who_holds_the_lab(shared_lab):
    with hold(shared_lab.folder.state / "lab", "lab up"), pytest.raises(LockedError, match=str(os.getpid())):
        shared_lab.up()


def identity(live, node):
    return live.ssh(node, "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub /var/lib/kept")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A lab of one node that has data, and what tells the node from a new one; every test leaves it up again."""
    with live_lab(write_site(tmp_path_factory.mktemp("kept"), free_subnet(), ("n1",))) as live:
        live.up()
        live.ssh("n1", "echo data > /var/lib/kept; sync")
        yield live, identity(live, "n1")


def stop(live):
    live.podman("stop", "--time", "2", live.container("n1"))


def pause(live):
    live.podman("pause", live.container("n1"))


def kill(live):
    live.podman("kill", live.container("n1"))


def reboot_the_host(live):
    """What a reboot leaves of a lab: stopped containers and files, nothing of the network."""
    kill(live)
    ip.delete_link(live.names.link)
    for namespace in (live.names.lab, live.container("n1")):
        ip.delete_namespace(namespace)
    subprocess.run(["nft", "delete", "table", "inet", live.names.table], check=True)


def lose_the_nodes_namespace(live):
    ip.delete_namespace(live.container("n1"))


def lose_the_bridge(live):
    ip.delete_namespace(live.names.lab)


def lose_the_cable(live):
    ip.delete_link("eth0", live.container("n1"))


def half_make_a_namespace(live):
    """What a killed `ip netns add` leaves: the name without the namespace."""
    kill(live)
    ip.delete_namespace(live.container("n1"))
    (ip.NAMESPACES / live.container("n1")).touch()


def lose_the_state_folder(live):
    shutil.rmtree(live.folder.state)


def lose_the_host_key(live):
    live.folder.resolve(live.folder.site.spec.access.known_hosts).unlink()


def swap_the_host_key(live):
    file = live.folder.resolve(live.folder.site.spec.access.known_hosts)
    false = "AAAAC3NzaC1lZDI1NTE5AAAAIBIL6u6dNjUlZHse7PZkL19buo6m+8v5XZYu1nEBbe7/"
    file.write_text(re.sub(r"ssh-ed25519 \S+", f"ssh-ed25519 {false}", file.read_text()))


@pytest.mark.parametrize(
    "accident",
    [
        stop, pause, kill, reboot_the_host, lose_the_nodes_namespace, lose_the_bridge, lose_the_cable,
        half_make_a_namespace, lose_the_state_folder, lose_the_host_key, swap_the_host_key,
    ],
)  # fmt: skip
def test_one_up_mends_an_accident_and_keeps_the_node(kept, accident):
    live, before = kept
    accident(live)

    live.up()

    assert identity(live, "n1") == before


def test_a_rebooted_node_is_back_with_its_address(kept):
    live, before = kept
    boot = live.ssh("n1", "cat /proc/sys/kernel/random/boot_id")
    live.ssh("n1", "systemctl --no-block reboot", check=False)
    deadline = time.monotonic() + 20

    while (now := live.ssh("n1", "cat /proc/sys/kernel/random/boot_id", check=False)) in ("", boot):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert re.fullmatch(r"[0-9a-f-]{36}", now)
    assert identity(live, "n1") == before


def test_nodes_come_and_go_with_the_site_file(kept):
    live, before = kept
    subnet = live.folder.site.nodes[0].address.rpartition(".")[0]

    live.folder = write_site(live.folder.path, subnet, ("n1", "n2"))
    live.up()
    two = live.ssh("n2", "hostname"), identity(live, "n1")
    live.folder = write_site(live.folder.path, subnet, ("n1",))
    told = live.up()

    assert two == ("n2", before)
    assert identity(live, "n1") == before
    assert live.container("n2") in told.logged[0]
    assert live.podman("ps", "--all", "--quiet", "--filter", f"name={live.container('n2')}") == ""
    assert live.container("n2") not in ip.namespaces()


def test_a_node_of_another_version_of_the_lab_stays(kept, monkeypatch):
    live, before = kept
    monkeypatch.setattr("mecctl.lab.files.digest", lambda: "another")

    told = live.up()

    assert identity(live, "n1") == before
    assert told.logged == ["n1: it stays as it was made; `mecctl lab down` and `lab up` make it the way it is made now"]


# Killed


def run_and_kill(code, live, moment):
    """Start `lab up` or `down` in a process of its own and kill it, with all it has started, after some seconds."""
    process = subprocess.Popen([sys.executable, "-c", f"{PREPARE}{code}", live.folder.path], start_new_session=True)
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("moment", [0.3, 0.6, 0.9, 1.2, 1.6, 2.0])
def test_up_after_a_killed_up_ends_well(new_lab, moment):
    live = new_lab()
    before = snapshot()
    run_and_kill(UP, live, moment)

    live.up()
    said = [live.ssh(node, "hostname") for node in ("n1", "n2")]
    live.down()

    assert said == ["n1", "n2"]
    assert left_behind(before, live.names.id) == []


def test_down_ends_what_podman_has_forgotten(new_lab):
    """A start that is killed between runc and podman leaves a process in the lab's group that no container has."""
    live = new_lab()
    before = snapshot()
    live.up()
    hierarchy = next(path for path in (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup")) if path.is_dir())
    group = hierarchy / f"mecctl-{live.names.id}"
    with subprocess.Popen(["sleep", "600"]) as forgotten:
        (group / "forgotten").mkdir()
        (group / "forgotten" / "cgroup.procs").write_text(str(forgotten.pid))

        live.down()

        assert forgotten.wait(10) == -signal.SIGKILL
    assert left_behind(before, live.names.id) == []


@pytest.mark.parametrize("moment", [0.4, 0.8, 1.2, 1.8])
def test_down_after_a_killed_up_leaves_nothing(new_lab, moment):
    live = new_lab()
    before = snapshot()
    run_and_kill(UP, live, moment)

    live.down()

    assert left_behind(before, live.names.id) == []


@pytest.mark.parametrize("moment", [0.2, 0.4, 0.7])
def test_down_after_a_killed_down_leaves_nothing(new_lab, moment):
    live = new_lab()
    before = snapshot()
    live.up()
    run_and_kill(DOWN, live, moment)

    live.down()

    assert left_behind(before, live.names.id) == []


# Beside others


def test_two_sites_of_one_name_have_two_labs(new_lab):
    one = new_lab("one", nodes=("n1",))
    one.up()
    two = new_lab("two", nodes=("n1",))
    two.up()

    one.down()

    assert two.ssh("n1", "hostname") == "n1"
    assert one.names.site == two.names.site


def test_two_labs_come_up_at_once(new_lab):
    subnet = free_subnet()
    following = f"{subnet.rpartition('.')[0]}.{int(subnet.rpartition('.')[2]) + 1}"
    labs = [new_lab("one", subnet=subnet), new_lab("two", subnet=following)]
    runs = [threading.Thread(target=live.up) for live in labs]

    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert [live.ssh("n2", "hostname") for live in labs] == ["n2", "n2"]


def test_a_subnet_of_another_lab_is_refused_and_named(kept, new_lab):
    live, _ = kept
    subnet = live.folder.site.nodes[0].address.rpartition(".")[0]
    other = new_lab("other", subnet=subnet)

    with pytest.raises(MecctlError, match=f"{subnet}.0/24 is in use") as caught:
        other.up()

    assert str(live.folder.path) in str(caught.value)
    assert live.ssh("n1", "hostname") == "n1"
    assert other.podman("ps", "--all", "--quiet", "--filter", f"label=io.mecctl.lab={other.names.id}") == ""


def test_a_subnet_of_the_host_is_refused_and_named(new_lab):
    subnet = free_subnet()
    ip.batch(["link add name labtest type veth peer name labtest-peer", f"address add {subnet}.9/24 dev labtest"])
    try:
        with pytest.raises(MecctlError, match="labtest"):
            new_lab(subnet=subnet).up()
    finally:
        ip.delete_link("labtest")


def test_a_lab_whose_site_is_gone_makes_way(new_lab):
    old = new_lab("old", nodes=("n1",))
    old.up()
    shutil.rmtree(old.folder.path)
    other = new_lab("other", subnet=old.folder.site.nodes[0].address.rpartition(".")[0], nodes=("m1",))

    told = other.up()

    assert str(old.folder.path) in told.logged[0]
    assert other.ssh("m1", "hostname") == "m1"
    assert old.podman("ps", "--all", "--quiet", "--filter", f"label=io.mecctl.lab={old.names.id}") == ""


def test_a_site_of_real_machines_is_refused(tmp_path):
    folder = write_site(tmp_path, "10.78.99")
    spec = folder.site.spec.model_copy(update={"lab": None})
    folder = type(folder)(folder.path, folder.site.model_copy(update={"spec": spec}))

    with pytest.raises(InputError, match="not made by mecctl"):
        lab.up(folder, Store(), Silent())


# Down


def test_down_leaves_the_host_as_it_was(new_lab):
    live = new_lab()
    files = sorted(live.folder.path.iterdir())
    before = snapshot()

    live.up()
    live.ssh("n1", "sysctl -qw kernel.panic=33; ip link add inside type bridge; mkdir /sys/fs/cgroup/pids/own || true")
    live.ssh("n1", "mount -t tmpfs none /var/lib/kept --mkdir; systemd-run --unit=busy sleep 600")
    live.down()

    assert left_behind(before, live.names.id) == []
    assert sorted(live.folder.path.iterdir()) == files
    live.down()


def test_purge_removes_the_image_when_no_lab_uses_it(new_lab):
    live = new_lab(nodes=("n1",))
    live.up()
    image = live.podman("inspect", "--format", "{{.ImageName}}", live.container("n1"))
    used = live.podman("ps", "--all", "--filter", f"ancestor={image}", "--quiet").splitlines()

    lab.down(live.folder, Silent(), purge=True)

    left = live.podman("images", "--quiet", "--filter", f"reference={image}").splitlines()
    assert len(left) == (1 if len(used) > 1 else 0)


def test_the_users_own_key_and_hosts_stay(new_lab):
    live = new_lab(nodes=("n1",))
    own = live.folder.path / "own"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", own], check=True)
    file = live.folder.path / "site.yaml"
    file.write_text(file.read_text().replace("spec:\n", "spec:\n  access: {privateKey: own, knownHosts: hosts}\n"))
    hosts = live.folder.path / "hosts"
    hosts.write_text("192.0.2.99 ssh-ed25519 AAAA someone\n")
    live.folder = load(live.folder.path)

    live.up()
    said = live.ssh("n1", "hostname")
    live.down()

    assert said == "n1"
    assert own.exists()
    assert hosts.read_text() == "192.0.2.99 ssh-ed25519 AAAA someone\n"
