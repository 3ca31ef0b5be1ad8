"""What can go wrong with machines and runs: named before any change, and mended by one plain re-run. In this order."""

import time

import pytest

from tests.support.live import LiveSite, kill_when

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    live = LiveSite(tmp_path_factory.mktemp("e2e") / "faults")
    try:
        assert live.mecctl("lab", "up", timeout=3000).code == 0
        yield live
    finally:
        live.stop()


def wait_for(condition, what, timeout=240.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)  # nothing on a bare node tells of a process that starts
    pytest.fail(f"{what} did not happen within {timeout:g} s")


def errors_of(site, code):
    """The faults that a plan names, and that it touched nothing."""
    ended = site.plan()
    assert ended.code == code, ended.out + ended.err
    assert "absent" in site.on("edge-1", "test -e /etc/kubernetes || echo absent")
    return ended.json["errors"]


def test_a_port_that_somebody_else_has(site):
    site.on("edge-1", "systemd-run --quiet --unit squatter python3 -m http.server 6443")
    wait_for(lambda: "6443" in site.on("edge-1", "ss -Hltn"), "the squatter")
    (error,) = errors_of(site, 1)
    site.on("edge-1", "systemctl stop squatter")

    assert error["what"] == "TCP port 6443 is taken"
    assert error["why"] == "python3 listens on it"


def test_a_full_disk(site):
    site.on("edge-2", "mount -t tmpfs -o size=64m full /var/lib")
    (error,) = errors_of(site, 1)
    site.on("edge-2", "umount /var/lib")

    assert "are free on /var/lib" in error["what"]
    assert error["where"] == "edge-2: disk"


def test_a_clock_that_is_off_by_an_hour(site):
    fake = '#!/bin/sh\\nexec /bin/date -d "+1 hour" "$@"\\n'
    site.on("edge-2", f"printf '{fake}' > /usr/local/bin/date; chmod 755 /usr/local/bin/date")
    (error,) = errors_of(site, 1)
    site.on("edge-2", "rm /usr/local/bin/date")

    assert error["where"] == "edge-2: clock"
    assert "3600 s ahead" in error["what"] or "3599 s ahead" in error["what"]


def test_a_user_without_sudo(site):
    for node in ("edge-1", "edge-2"):
        site.on(
            node,
            "useradd --create-home op; mkdir -p /home/op/.ssh; cp /root/.ssh/authorized_keys /home/op/.ssh/;"
            "chown -R op /home/op/.ssh",
        )
    site.edit("  lab: {driver: podman}", "  lab: {driver: podman}\n  access: {user: op}")
    found = errors_of(site, 1)
    site.edit("\n  access: {user: op}", "")

    assert {error["what"] for error in found} == {"op can't use sudo without a password"}
    assert "sudoers" in found[0]["fix"]


def test_a_host_key_that_changed_is_refused_with_both_fingerprints(site):
    change = "cp -a /etc/ssh /root/ssh; rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh"
    site.on("edge-2", change)
    (error,) = errors_of(site, 1)
    site.on("edge-2", "cp -a /root/ssh/. /etc/ssh/; systemctl restart ssh")

    assert "host key is not the one on record" in error["what"]
    assert error["why"].count("SHA256:") == 2
    assert "nothing was sent" in error["why"]


def test_a_node_that_is_off(site):
    site.podman("stop", "edge-2")
    (error,) = errors_of(site, 4)
    site.podman("start", "edge-2")
    assert site.mecctl("lab", "up").code == 0

    assert "edge-2" in error["where"]


def test_bad_input_touches_nothing(site):
    text = (site.path / "site.yaml").read_text()
    (site.path / "site.yaml").write_text(text.replace("roles: [agent]", "rolls: [agent]"))
    ended = site.up()
    (site.path / "site.yaml").write_text(text)

    assert ended.code == 3
    assert "site.yaml:" in ended.err
    assert "rolls" in ended.err
    assert "absent" in site.on("edge-1", "test -e /etc/kubernetes || echo absent")


def wait_for_kubeadm(site, node):
    """Return the moment that kubeadm runs on a node; watched from there, for a join is over in a second."""
    site.on(node, "timeout 240 sh -c 'until pgrep -x kubeadm > /dev/null; do sleep 0.02; done'")


KILLS = {
    "preflight": "preflight:",
    "the start of the nodes": "nodes:",
    "kubeadm init": "",  # told by the node, not by the run
    "kubeadm join": "",
    "the first objects": "create ",
    "the wait for all to be ready": "ready:",
    "the proof": "proof:",
}


@pytest.mark.parametrize("moment", KILLS)
def test_a_run_killed_in_any_step_leaves_a_site_that_the_next_run_takes_further(site, moment):
    process = site.start("site", "up", "--verbose")
    if not KILLS[moment]:
        wait_for_kubeadm(site, "edge-1" if "init" in moment else "edge-2")
        process.kill()
        process.communicate()
    else:
        kill_when(process, KILLS[moment])

    assert process.returncode == -9


def assert_proven(ended):
    assert ended.code == 0, ended.out + ended.err
    assert ended.json["checks"]
    assert [check for check in ended.json["checks"] if not check["ok"]] == []


def test_one_plain_run_then_finishes(site):
    assert_proven(site.up())
    ended = site.plan()
    assert (ended.code, ended.json["changes"]) == (0, [])


def test_a_machine_set_up_anew_under_its_old_name_that_dies_in_mid_join(site):
    site.replace_machine("edge-2")
    assert site.mecctl("lab", "up").code == 0

    process = site.start("site", "up", "-o", "json")
    wait_for_kubeadm(site, "edge-2")
    site.podman("stop", "edge-2", "--time", "0")
    out, err = process.communicate(timeout=300)
    assert process.returncode in (1, 4), out + err
    assert "edge-2" in out

    site.podman("start", "edge-2")
    assert site.mecctl("lab", "up").code == 0
    assert_proven(site.up())
    assert site.plan().code == 0
