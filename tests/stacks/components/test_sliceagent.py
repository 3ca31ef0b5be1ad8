import ast
import json
from typing import Any

from sliceagent.settings import Rate, read
from stacks.components.sliceagent import METRICS_PORT, NAME, NAMESPACE, settings
from tests.stacks.rendering import URLLC, VIDEO, full_site, render, site

RATES = {"downlink": {"guaranteed": "50Mbps", "maximum": "100Mbps", "perPod": "20Mbps"}, "uplink": {"maximum": "5Mbps"}}


def rendered(**spec):
    return render("slices", site(slices=[VIDEO | {"throughput": RATES}, {**URLLC, "qos": None}], **spec))


def test_the_agent_reads_what_the_stack_writes():
    told = read(settings(site(slices=[VIDEO | {"throughput": RATES}, URLLC])), "edge-2")

    video, urllc = told.slices["slice-1-0000a1"], told.slices["slice-2"]
    assert (video.downlink, video.uplink) == (Rate(50_000_000, 100_000_000, 20_000_000), Rate(maximum=5_000_000))
    assert (video.name, video.dscp, video.turn, video.shaped) == ("video", 18, 4, True)
    assert (urllc.dscp, urllc.turn, urllc.shaped, told.link) == (46, 1, False, None)


def test_a_guarantee_on_a_declared_link_holds_against_all():
    nodes = [{"name": "edge-1", "address": "10.77.0.11", "roles": ["server", "agent"], "link": "1Gbps"}]
    told = read(settings(site(nodes=nodes, slices=[VIDEO | {"throughput": RATES}, {**URLLC, "qos": None}])), "edge-1")

    assert told.link == 10**9
    assert {part.name: part.shaped for part in told.slices.values()} == {"video": True, "urllc": True}


def test_a_site_without_rates_and_5qis_has_no_agent():
    bare = [{key: value for key, value in part.items() if key != "qos"} for part in (VIDEO, URLLC)]
    made = render("slices", site(slices=bare))

    assert not made.names("DaemonSet")
    assert made.names("Namespace") == {"/slice-1-0000a1", "/slice-2"}


def test_it_is_only_as_privileged_as_it_must_be():
    pod = rendered().find("DaemonSet", NAME, NAMESPACE)["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"], "add": ["BPF", "NET_ADMIN"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert "hostPID" not in pod
    writable = {one["mountPath"] for one in container["volumeMounts"] if not one["readOnly"]}
    assert writable == {"/run/mecctl"}


def test_new_rates_or_code_roll_it_out():
    before, after = rendered(), render("slices", full_site())
    pods = [made.find("DaemonSet", NAME)["spec"]["template"] for made in (before, after)]
    (first, second) = [{one["name"]: one for one in pod["spec"]["containers"][0]["env"]} for pod in pods]

    assert first["SLICES"] != second["SLICES"]
    assert first["LISTEN"]["value"] == f"$(ADDRESS):{METRICS_PORT}"
    assert pods[0]["metadata"]["annotations"] == pods[1]["metadata"]["annotations"]
    code = before.find("ConfigMap", NAME, NAMESPACE)["data"]
    assert {"__main__.py", "keeper.py", "bpf.py"} <= code.keys()
    assert all(ast.parse(text) for text in code.values())
    assert json.loads(first["SLICES"]["value"])["links"] == {}


def test_the_image_is_the_labs_own_or_python():
    cases: dict[bool, dict[str, Any]] = {True: {"lab": {}}, False: {}}
    images = {
        lab: rendered(**more).find("DaemonSet", NAME)["spec"]["template"]["spec"]["containers"][0]["image"]
        for lab, more in cases.items()
    }
    assert images == {True: "mecctl.io/python:1", False: "docker.io/library/python:3.13-slim"}
