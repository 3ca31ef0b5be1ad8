"""What isn't built yet is refused by name, with what to write instead, and nothing else is said about it."""

import pytest

from mecctl.sitefile.unbuilt import UNBUILT

VIDEO = "{name: embb,"
CACHE = '{name: cache, slice: embb, image: "mecctl.io/web:1",'
ACCESS = "{privateKey: keys/id}"

CASES = [
    (ACCESS, "{privateKey: keys/id, bastion: {address: 10.0.0.1}}", "spec.access.bastion", "bastion isn't built"),
    (
        "address: 10.77.0.12, roles: [agent]",
        "address: 10.77.0.12, roles: [agent], arch: arm",
        "spec.nodes[1].arch",
        "for which Cilium has no images; amd64, arm64, or k3s",
    ),
    ("[agent]", "[server, agent]", "spec.nodes[1].roles", "more than one server under kubeadm isn't built yet"),
    ("distribution: kubeadm", "distribution: existing", "spec.kubernetes.distribution", "existing cluster isn't built"),
    ("hardening: none", "kubeconfig: x\n    hardening: none", "spec.kubernetes.kubeconfig", "leave it out"),
    ("  slices:\n", "  platform: {monitoring: {}}\n  slices:\n", "spec.platform.monitoring", "isn't built yet"),
    (VIDEO, f"{VIDEO} latency: 10ms,", "spec.slices[0].latency", "latency budgets aren't enforced yet"),
    (
        VIDEO,
        f"{VIDEO} ueThroughput: {{downlink: {{maximum: 5Mbps}}}},",
        "spec.slices[0].ueThroughput",
        "mobile network",
    ),
    (VIDEO, f"{VIDEO} maxUEs: 10,", "spec.slices[0].maxUEs", "UEs aren't counted here; leave it out; from a NEST"),
    (VIDEO, f"{VIDEO} maxPDUSessions: 10,", "spec.slices[0].maxPDUSessions", "sessions aren't counted here"),
    (VIDEO, f"{VIDEO} missionCritical: {{supported: true}},", "spec.slices[0].missionCritical", "mission-critical"),
    (VIDEO, f"{VIDEO} coverage: [DE],", "spec.slices[0].coverage", "areas of coverage are the mobile network's"),
    (
        VIDEO,
        f"{VIDEO} dataNetworkAccess: [local, private-network],",
        "spec.slices[0].dataNetworkAccess",
        "a way into a private network isn't built: the site file has no place for its addresses; local or internet",
    ),
]


@pytest.mark.parametrize(("old", "new", "field", "said"), CASES)
def test_refused(told, old, new, field, said):
    (problem,) = told((old, new))
    place, named, sentence = problem.split(": ", 2)
    assert named == field
    assert place.startswith("site.yaml:")
    assert said in sentence


def test_every_row_has_a_case():
    told = {field.replace("[0]", "[]").replace("[1]", "[]") for _, _, field, _ in CASES}
    assert {row.path for row in UNBUILT} == told


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ACCESS, "{privateKey: keys/id, bastion: null}"),
        (VIDEO, f"{VIDEO} isolation: none,"),
        (VIDEO, f"{VIDEO} availability: 99.9%,"),
        (VIDEO, f"{VIDEO} dataNetworkAccess: [local, internet],"),
        (VIDEO, f"{VIDEO} isolation: tenant,"),
        ("[server]", "[server, agent]"),
        ("roles: [agent]", "roles: [agent], arch: arm64"),
        ("  slices:\n", "  lab: {driver: podman}\n  slices:\n"),
        ("  slices:\n", "  lab: {}\n  slices:\n"),
        ("  slices:\n", "  platform: {}\n  slices:\n"),
        ("  slices:\n", "  engine: pulumi\n  slices:\n"),
    ],
)
def test_what_is_built_passes(edited, old, new):
    edited((old, new))


def test_arm_is_fine_under_k3s(edited):
    edited(
        ("kubeadm", "k3s"),
        ("v1.36.3", "v1.36.5+k3s1"),
        ("cilium", "flannel"),
        ("roles: [agent]", "roles: [agent], arch: arm"),
    )


def test_every_further_kubeadm_server_is_named(told):
    third = "    - {name: edge-3, address: 10.77.0.13, roles: [server]}\n  kubernetes:\n"
    problems = told(("[agent]", "[server, agent]"), ("  kubernetes:\n", third))
    assert [problem.split(": ")[1] for problem in problems] == ["spec.nodes[1].roles", "spec.nodes[2].roles"]
