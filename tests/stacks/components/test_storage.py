from typing import Any

from tests.stacks.rendering import CACHE, VIDEO, render, site

DATA = {"name": "data", "path": "/var/lib/app", "size": "1Gi"}


def made(*, part: Any = None, **more: Any) -> Any:
    return render("workloads", site(slices=[VIDEO | (part or {})], workloads=[CACHE | {"storage": [DATA]} | more]))


def test_storage_makes_a_stateful_set_with_a_claim_for_each_replica():
    found = made()

    spec = found.find("StatefulSet", "cache")["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    assert found.names("Deployment") == set()
    assert (spec["replicas"], spec["serviceName"], spec["podManagementPolicy"]) == (2, "cache", "Parallel")
    assert claim["metadata"]["name"] == "data"
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def test_the_volume_is_mounted_for_the_programs_own_group():
    pod = made().find("StatefulSet")["spec"]["template"]["spec"]

    assert {"name": "data", "mountPath": "/var/lib/app"} in pod["containers"][0]["volumeMounts"]
    assert pod["securityContext"]["fsGroup"] == 65532
    assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


def test_a_class_is_named_where_one_is_asked_for():
    (claim,) = made(storage=[DATA | {"class": "fast"}]).find("StatefulSet")["spec"]["volumeClaimTemplates"]

    assert claim["spec"]["storageClassName"] == "fast"


def test_replicas_on_different_nodes_are_told_apart_by_the_controllers_label():
    spread = made(part={"availability": "99.99%"}).find("StatefulSet")["spec"]["template"]["spec"]

    assert spread["topologySpreadConstraints"][0]["matchLabelKeys"] == ["controller-revision-hash"]
