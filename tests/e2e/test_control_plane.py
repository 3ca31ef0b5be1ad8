"""A site that is hardened while it runs: what its control plane admits, writes down, encrypts and believes, really."""

import json
import ssl
import time
import urllib.error
import urllib.request

import pytest
import yaml

from mecctl.cluster.health import connect
from mecctl.engine.kube import KubeError
from mecctl.nodes.kubeconfig import fetch
from tests.support.host import left_behind, snapshot
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e

CANARY = "canary-3f1c9a7e52d84b60"
WEAK = "AES128-SHA:AES256-SHA:AES128-GCM-SHA256:@SECLEVEL=0"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that came up without hardening and was hardened then; the text of both answers."""
    live = LiveSite(tmp_path_factory.mktemp("e2e") / "inventories" / "lab")
    before = snapshot()
    live.edit("  slices:\n", "    hardening: none\n  slices:\n")
    try:
        assert live.mecctl("lab", "up", timeout=3000).code == 0
        assert live.up().code == 0
        live.edit("    hardening: none\n", "")
        planned, done = live.plan(), live.up()
        assert done.code == 0, done.out + done.err
        assert planned.changes() <= done.changes()
        yield live
    finally:
        live.stop()
    assert left_behind(before, live.names.id) == []


@pytest.fixture(scope="module")
def api(site):
    with connect(site.folder.state / "kubeconfig", site.folder.site) as client:
        yield client


@pytest.fixture
def namespace(api):
    """A namespace that somebody made past mecctl."""
    name = "behind"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for event in api.watch("v1", "Namespace", timeout=60):
        if event.type == "DELETED" and event.object["metadata"]["name"] == name:
            break


def pod(name, namespace, **container):
    security = container.pop("securityContext", RESTRICTED)
    spec = {"name": "main", "image": "mecctl.io/web:1", "securityContext": security, **container}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [spec]},
    }


def test_nothing_is_pending_afterwards(site):
    ended = site.plan()

    assert (ended.code, ended.json["changes"], ended.json["unknown"]) == (0, [], [])


@pytest.mark.parametrize(("path", "status"), [("/version", 401), ("/api", 401), ("/livez", 200), ("/readyz", 200)])
def test_who_says_no_name_learns_only_whether_it_is_well(site, path, status):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(f"https://{site.subnet}.11:6443{path}", context=context, timeout=10) as answer:
            found = answer.status
    except urllib.error.HTTPError as error:
        with error:
            found = error.code

    assert found == status


def test_what_breaks_the_rules_for_pods_is_refused(api, namespace):
    for name, wrong in (
        ("privileged", {"securityContext": {"privileged": True}}),
        ("root", {"securityContext": {**RESTRICTED, "runAsNonRoot": False, "runAsUser": 0}}),
        ("plain", {"securityContext": {}}),
    ):
        with pytest.raises(KubeError, match="PodSecurity"):
            api.create(pod(name, namespace, **wrong))

    api.create(pod("good", namespace))


def wait_for(get, done, seconds=30.0):
    """Ask until it is so; returns after how many seconds that was."""
    begun = time.monotonic()
    while not done(get()):
        assert time.monotonic() - begun < seconds
        time.sleep(0.05)
    return time.monotonic() - begun


def policies(api, namespace):
    return {one["metadata"]["name"] for one in api.list("networking.k8s.io/v1", "NetworkPolicy", namespace)}


def test_a_namespace_made_past_mecctl_is_closed_at_once_and_again(api, namespace):
    wait_for(lambda: policies(api, namespace), lambda found: "default-deny" in found)
    wait_for(
        lambda: [a for a in api.list("v1", "ServiceAccount", namespace) if a["metadata"]["name"] == "default"],
        lambda found: found and found[0].get("automountServiceAccountToken") is False,
    )
    deny = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}

    api.delete({**deny, "metadata": {"name": "default-deny", "namespace": namespace}})

    wait_for(lambda: policies(api, namespace), lambda found: "default-deny" in found)


def test_a_secret_is_encrypted_on_the_disk_and_never_in_the_log(site, api):
    about = {"name": "canary", "namespace": "default"}
    made = {"Secret": {"stringData": {"key": f"{CANARY}-secret"}}, "ConfigMap": {"data": {"key": CANARY}}}
    for kind, data in made.items():
        api.create({"apiVersion": "v1", "kind": kind, "metadata": about, **data})
    try:
        # A ConfigMap isn't encrypted, so its canary shows that the place is the right one.
        found = site.on("edge-1", f"sync; cat /var/lib/etcd/member/wal/*.wal | grep -ac {CANARY} || true")
        secret = site.on("edge-1", f"cat /var/lib/etcd/member/wal/*.wal | grep -ac {CANARY}-secret || true")
        logged = site.on("edge-1", f"grep -c {CANARY} /var/log/kubernetes/audit.log || true")
        seen = site.on("edge-1", 'grep \'"resource":"secrets"\' /var/log/kubernetes/audit.log | grep -c canary')
        assert (int(found) > 0, int(secret), int(logged), int(seen) > 0) == (True, 0, 0, True)
    finally:
        for kind in made:
            api.delete({"apiVersion": "v1", "kind": kind, "metadata": about})


def listeners(site, node):
    """The TCP ports of a node's that others reach."""
    rows = site.on(node, "ss -Hltn").splitlines()
    places = [row.split()[3].rpartition(":")[::2] for row in rows]
    return {int(port) for host, port in places if host not in ("127.0.0.1", "[::1]", "127.0.0.53%lo", "127.0.0.54")}


def speaks(site, where, *options):
    """Whether a port takes such a handshake; from a server, for no other may ask kubelets and etcd."""
    said = site.on("edge-1", f"openssl s_client -connect {where} {' '.join(options)} </dev/null 2>&1 || true")
    return "Cipher is (NONE)" not in said and "Cipher is" in said


def test_nothing_speaks_old_tls_or_weak_suites(site):
    for where in (
        f"{site.subnet}.11:6443",
        f"{site.subnet}.11:2379",
        f"{site.subnet}.11:2380",
        f"{site.subnet}.11:10250",
        f"{site.subnet}.12:10250",
    ):
        assert speaks(site, where, "-tls1_2", "-cipher ECDHE"), where
        assert not speaks(site, where, "-tls1_1", "-cipher ALL:@SECLEVEL=0"), where
        assert not speaks(site, where, "-tls1_2", f"-cipher {WEAK}"), where


def test_a_node_listens_where_it_must_and_nowhere_else(site):
    known = {22, 2379, 2380, 4240, 6443, 9477, 10250, 10256}
    found = {node: listeners(site, node) for node in ("edge-1", "edge-2")}
    assert {node: ports - known for node, ports in found.items()} == {"edge-1": set(), "edge-2": set()}, found


def test_the_kubelets_are_vouched_for_by_the_clusters_authority(site, api):
    for node in ("edge-1", "edge-2"):
        shown = site.on(
            "edge-1",
            f"openssl s_client -connect {site.folder.site.nodes[int(node[-1]) - 1].address}:10250 "
            "-CAfile /etc/kubernetes/pki/ca.crt -verify_return_error </dev/null 2>/dev/null",
        )
        assert "Verify return code: 0 (ok)" in shown
    requests = api.list("certificates.k8s.io/v1", "CertificateSigningRequest")
    assert [one for one in requests if one["spec"]["signerName"] == "kubernetes.io/kubelet-serving"]


def test_an_edited_control_plane_is_drift_and_mended(site):
    manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml"
    site.on("edge-1", f"sed -i 's/--profiling=false/--profiling=true/' {manifest}")

    planned = site.plan()
    assert ("edge-1: control plane", "update") in planned.changes()
    done = site.up()

    assert done.code == 0, done.out + done.err
    assert "--profiling=false" in site.on("edge-1", f"cat {manifest}; cat /proc/$(pidof kube-apiserver)/cmdline")
    assert site.plan().json["changes"] == []


def test_a_lost_key_stops_all_before_anything_is_made(site):
    key = "/etc/kubernetes/mecctl/encryption.yaml"
    site.on("edge-1", f"mv {key} /root/kept")
    try:
        ended = site.up()
    finally:
        site.on("edge-1", f"mv /root/kept {key}")

    assert ended.code == 1
    assert "encryption.yaml is gone, and with it the key of what the cluster has encrypted" in json.dumps(ended.json)


def test_hardening_is_not_taken_off_a_running_cluster(site):
    site.edit("  slices:\n", "    hardening: none\n  slices:\n")
    try:
        ended = site.plan()
    finally:
        site.edit("    hardening: none\n", "")

    assert ended.code == 1
    assert "kubernetes.hardening is cis in the running cluster and none in the site file" in json.dumps(ended.json)


def test_the_key_of_the_site_is_its_own(site):
    shown = yaml.safe_load(site.on("edge-1", "cat /etc/kubernetes/mecctl/encryption.yaml"))
    first = shown["resources"][0]["providers"][0]["secretbox"]["keys"][0]

    assert (first["name"], len(first["secret"])) == ("key1", 44)
    state = site.folder.state
    assert not [p for p in state.rglob("*") if p.is_file() and first["secret"].encode() in p.read_bytes()]


def test_certificates_that_have_expired_are_told_and_renewed(site):
    settings = (
        "apiVersion: kubeadm.k8s.io/v1beta4\\nkind: ClusterConfiguration\\nkubernetesVersion: v1.36.3\\n"
        "encryptionAlgorithm: ECDSA-P256\\ncertificateValidityPeriod: 1s\\n"
    )
    renew = "umask 077; kubeadm certs renew all --config /run/short.yaml; rm /run/short.yaml"
    site.on("edge-1", f"printf '{settings}' > /run/short.yaml; {renew}; sleep 2")
    kubeconfig = site.folder.state / "kubeconfig"
    kubeconfig.unlink()
    fetch(site.folder, kubeconfig)

    told = site.mecctl("site", "status")
    planned = site.plan()
    renewed = site.mecctl("site", "rotate", "certs", "--yes")

    assert told.code == 1
    assert "the administrator's certificate expired on" in told.err
    assert "to fix: mecctl site rotate lab certs" in told.err
    assert "11 of its certificates have expired" in json.dumps(planned.json)
    assert renewed.code == 0, renewed.out + renewed.err
    assert site.mecctl("site", "status").code == 0
    after = site.plan()
    assert (after.code, after.json["changes"]) == (0, [])
    shown = "openssl x509 -noout -checkend 31000000 -in"
    for path in ("/etc/kubernetes/pki/apiserver.crt", "/var/lib/kubelet/pki/kubelet-client-current.pem"):
        site.on("edge-1", f"{shown} {path}")
    site.on("edge-2", f"{shown} /var/lib/kubelet/pki/kubelet-server-current.pem")


def test_tokens_by_which_nodes_join_are_taken_back(site):
    token = site.on("edge-1", "kubeadm token create --ttl 0").strip()
    listed = "kubeadm token list -o jsonpath='{.token}{\"\\n\"}'"
    assert token in site.on("edge-1", listed)

    assert site.mecctl("site", "rotate", "tokens", "--yes").code == 0
    assert site.on("edge-1", listed).strip() == ""
