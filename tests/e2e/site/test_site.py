"""One real site from bare nodes to proven, and what plan, up, status and down say on the way, in this order."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.byhand import by_hand
from tests.support.live import MECCTL, ROOT

pytestmark = pytest.mark.e2e


def assert_proven(ended):
    value = ended.json
    assert ended.code == 0, ended.out + ended.err
    assert value["ok"] is True
    assert {"ready", "dns", "answers"} <= {check["kind"] for check in value["checks"]}
    assert [check for check in value["checks"] if not check["ok"]] == []


def assert_converges(site):
    """Plan, up, plan: the second does what the first said, the third has nothing left."""
    planned, done = site.plan(), site.up()
    assert planned.code == 2
    assert planned.changes() == done.changes()
    assert_proven(done)
    after = site.plan()
    assert (after.code, after.json["changes"], after.json["unknown"]) == (0, [], [])
    return planned


def test_a_plan_of_bare_nodes_knows_the_nodes_and_says_what_it_cannot_know(first):
    planned, _ = first

    assert planned.code == 2
    subjects = {subject.split(":")[0] for subject, _ in planned.changes()}
    assert subjects == {"edge-1", "edge-2"}
    assert "cluster" in planned.json["unknown"][0]


def test_up_makes_a_proven_site(first):
    assert_proven(first[1])


def test_the_neighbour_is_refused_and_the_opening_works(first):
    pairs = {(check["kind"], check["slice"], check["peer"]) for check in first[1].json["checks"]}

    assert any(kind == "refused" and source == "embb" and "control" in peer for kind, source, peer in pairs)
    assert any(kind == "opened" and source == "urllc" and "cache" in peer for kind, source, peer in pairs)


def test_a_first_up_runs_at_most_twelve_modules_a_node(first):
    assert max(first[1].json["moduleExecutions"].values()) <= 12


def test_up_did_what_the_plan_said_of_the_nodes(first):
    planned, done = first
    nodes = {change for change in done.changes() if change[0].startswith("edge-")}

    assert planned.changes() <= nodes


def test_nothing_is_pending_after_up(site, first):
    ended = site.plan()

    assert (ended.code, ended.json["changes"], ended.json["unknown"]) == (0, [], [])


def test_up_again_changes_nothing_and_runs_at_most_two_modules_a_node(site, first):
    ended = site.up()

    assert_proven(ended)
    assert ended.json["changes"] == []
    assert set(ended.json["moduleExecutions"]) == {"edge-1", "edge-2"}
    assert max(ended.json["moduleExecutions"].values()) <= 2


def test_status_lists_nodes_slices_and_workloads(site, first):
    ended = site.mecctl("site", "status", "-o", "json")
    value = ended.json

    assert ended.code == 0
    assert [(node["name"], node["ready"], node["version"], node["arch"]) for node in value["nodes"]] == [
        ("edge-1", True, "v1.36.3", "amd64"),
        ("edge-2", True, "v1.36.3", "amd64"),
    ]
    assert [(one["name"], one["snssai"], one["namespace"]) for one in value["slices"]] == [
        ("embb", "1-0000a1", "slice-1-0000a1"),
        ("urllc", "2-0000b2", "slice-2-0000b2"),
    ]
    assert [(one["name"], one["slice"], one["ready"]) for one in value["workloads"]] == [
        ("cache", "embb", True),
        ("control", "urllc", True),
    ]
    assert Path(value["kubeconfig"]).exists()


def test_the_tour_of_the_readme(site, first):
    tour = re.findall(r"```sh tour\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    environment = {**os.environ, "PATH": f"{MECCTL.parent}:{os.environ['PATH']}"}
    said = [
        subprocess.run(
            ["sh", "-exc", block], cwd=site.path.parents[1], env=environment, check=True, capture_output=True
        )
        for block in tour
    ]

    assert len(said) >= 4
    assert b"nothing to change" in said[1].stdout
    assert b"1 changes pending" in said[2].stdout


def test_an_edit_of_the_site_file_is_planned_and_made(site, first):
    site.edit("replicas: 3", "replicas: 2")
    planned = assert_converges(site)

    assert {subject for subject, _ in planned.changes()} == {"workloads: apps/v1/Deployment slice-1-0000a1/cache"}


def kubectl(site, command):
    return site.on("edge-1", f"kubectl --kubeconfig /etc/kubernetes/admin.conf {command}")


def test_an_edit_behind_its_back_is_planned_and_undone(site, first):
    patch = '{"spec": {"hard": {"pods": "99"}}}'
    kubectl(site, f"-n slice-2-0000b2 patch resourcequota slice --type merge -p '{patch}'")
    planned = assert_converges(site)

    assert {subject for subject, _ in planned.changes()} == {"slices: v1/ResourceQuota slice-2-0000b2/slice"}


def test_a_field_of_another_manager_is_taken_over_only_when_told_to(site, first):
    patch = '{"spec": {"hard": {"pods": "98"}}}'
    kubectl(site, f"-n slice-2-0000b2 patch resourcequota slice --type merge --field-manager scaler -p '{patch}'")
    refused = site.up()
    assert refused.code == 1
    error = next(one for one in refused.json["errors"] if "scaler" in one["what"])
    assert "--force-conflicts" in error["what"] + (error["fix"] or "")

    taken = site.mecctl("site", "up", "--force-conflicts", "-o", "json")
    assert_proven(taken)
    assert taken.changes() == {("slices: v1/ResourceQuota slice-2-0000b2/slice", "update")}
    assert site.plan().code == 0


def test_a_wall_torn_down_behind_its_back_is_planned_and_put_up_again(site, first):
    policies = kubectl(site, "-n slice-2-0000b2 get networkpolicy -o name").split()
    kubectl(site, "-n slice-2-0000b2 delete networkpolicy --all")
    planned = assert_converges(site)

    assert len(planned.changes()) == len(policies)
    assert {action for _, action in planned.changes()} == {"create"}


def test_a_node_edited_behind_its_back_is_planned_and_mended(site, first):
    site.on("edge-2", "echo '# edited' >> /etc/containerd/config.toml; systemctl stop kubelet")
    planned = assert_converges(site)

    assert {subject.split(":")[0] for subject, _ in planned.changes()} == {"edge-2"}
    assert any("config.toml" in subject for subject, _ in planned.changes())
    assert any("kubelet" in subject for subject, _ in planned.changes())


def test_a_slice_taken_out_goes_with_all_it_had(site, first):
    text = (site.path / "site.yaml").read_text()
    site.edit('    - {name: control, slice: urllc, image: "mecctl.io/web:1", replicas: 1, ports: [8080]}\n', "")
    planned = assert_converges(site)
    assert all(subject.startswith("workloads: ") and action == "delete" for subject, action in planned.changes())

    (site.path / "site.yaml").write_text(text)
    assert_converges(site)


STORE = """\
    - name: store
      slice: urllc
      image: mecctl.io/python:1
      command: [python3, -uc]
      args:
        - |
          import socket
          print("mode", open("/etc/store.conf").read(), flush=True)
          udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
          udp.bind(("", 5353))
          while True:
              packet, sender = udp.recvfrom(99)
              udp.sendto(open("/data/kept").read().encode(), sender)
      ports: [{port: 53, protocol: UDP, targetPort: 5353}]
      files: [{path: /etc/store.conf, text: one}]
      storage: [{name: data, path: /data, size: 16Mi, class: by-hand}]
      resources: {cpu: 100m, memory: 64Mi}
      scale: {min: 1, max: 2}
"""
ASK = """\
import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(5)
udp.sendto(b"?", ("store", 53))
print(udp.recv(99).decode())
sys.exit(7)
"""


def test_a_workload_with_storage_files_a_scale_and_a_udp_port(site, first):
    before = (site.path / "site.yaml").read_text()
    site.edit("  policies: ", f"{STORE}  policies: ")
    refused = site.plan()
    assert refused.code == 3
    assert "the cluster has no StorageClass by-hand" in refused.json["errors"][0]["what"]

    site.on("edge-2", "mkdir -p /var/lib/by-hand")
    kubectl(site, f"apply -f - <<'END'\n{by_hand('edge-2', '16Mi')}END\n")
    done = site.up()
    assert_proven(done)
    assert "the cluster has no metrics API" in done.json["notes"][0]
    assert kubectl(site, "-n slice-2-0000b2 get hpa store -o jsonpath='{.spec.maxReplicas}'") == "2"

    keep = 'import pathlib; pathlib.Path("/data/kept").write_text("kept")'
    assert site.mecctl("app", "exec", "store", "--", "python3", "-c", keep).code == 0
    kubectl(site, "-n slice-2-0000b2 delete pod store-0 --wait")
    kubectl(site, "-n slice-2-0000b2 rollout status statefulset store --timeout 60s")
    asked = site.mecctl("app", "exec", "store", "--", "python3", "-c", ASK)
    assert (asked.code, asked.out) == (7, "kept\n")

    site.edit("text: one", "text: two")
    assert_proven(site.up())
    assert site.mecctl("app", "logs", "store").out == "mode two\n"
    status = site.mecctl("app", "status", "store", "-o", "json")
    (app,) = status.json["apps"]
    assert (status.code, app["kind"], app["replicas"], app["pods"][0]["node"]) == (0, "StatefulSet", 1, "edge-2")
    assert app["pods"][0]["image"].startswith("sha256:")
    assert app["claims"] == [{"name": "data-store-0", "phase": "Bound", "size": "16Mi", "class": "by-hand"}]

    (site.path / "site.yaml").write_text(before)
    assert_proven(site.up())
    kubectl(site, "-n slice-2-0000b2 delete pvc data-store-0")
    kubectl(site, "delete pv/by-hand storageclass/by-hand")


def test_a_second_run_is_told_who_holds_the_site(site, first):
    running = site.start("site", "up", "--verbose")
    running.stderr.readline()
    second = site.mecctl("site", "up")
    running.communicate(timeout=200)

    assert second.code == 5
    assert f"process {running.pid}" in second.err
    assert running.returncode == 0


def test_a_node_that_is_off_is_named_and_the_rest_goes_on(site, first):
    site.podman("stop", "edge-2")
    try:
        planned = site.plan()
        assert planned.code == 4
        assert "edge-2" in planned.json["errors"][0]["where"]
        done = site.up()
        assert done.code in {1, 4}
        assert "edge-2" in done.json["errors"][0]["where"]
        assert {step["name"] for step in done.json["steps"] if step["skipped"]} <= {"proof"}
    finally:
        site.podman("start", "edge-2")
    assert site.mecctl("lab", "up").code == 0


def test_a_reboot_of_the_server_leaves_nothing_to_do(site, first):
    site.podman("restart", "edge-1")
    assert site.mecctl("lab", "up").code == 0

    ended = site.up()
    assert_proven(ended)
    assert site.plan().code == 0


def test_a_lost_state_folder_is_rebuilt_from_the_site(site, first):
    for name in ("state", "kubeconfig", "runner", "passphrase"):
        subprocess.run(["rm", "-rf", site.path / ".mecctl" / name], check=True)

    ended = site.up()

    assert_proven(ended)
    assert ended.json["changes"] == []


def test_down_takes_everything_off_the_nodes(site, first):
    ended = site.mecctl("site", "down", "--yes")
    assert ended.code == 0, ended.out + ended.err

    for node in ("edge-1", "edge-2"):
        left = site.on(
            node,
            "{ find /etc/kubernetes /var/lib/kubelet/* /usr/local/bin/kube* /run/netns/cni-* 2>/dev/null;"
            " ip -br link | grep -E 'cilium|lxc'; grep -E 'kubelet|containerd|netns' /proc/mounts;"
            " pgrep -fa '^/usr/local'; } || true",
        )
        assert left == ""
        assert "inet mecctl" not in site.on(node, "nft list tables")
        assert "allowtcpforwarding yes" in site.on(node, "sshd -T")
    assert site.plan().code == 2
