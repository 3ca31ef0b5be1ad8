import json

from sliceagent.links import Link
from sliceagent.pods import Pod, devices, listed

BRIDGE = {
    "interfaces": [{"name": "cni0"}, {"name": "veth12"}, {"name": "eth0", "sandbox": "/var/run/netns/cni-1"}],
    "cniVersion": "1.0.0",
}


def result(namespace, name, found):
    arguments = [["IgnoreUnknown", "1"], ["K8S_POD_NAMESPACE", namespace], ["K8S_POD_NAME", name]]
    return json.dumps({"kind": "cniCacheV1", "cniArgs": arguments, "result": found})


def test_a_pods_device_is_the_hosts_end_of_its_pair():
    links = {"cni0": Link(3, "cni0", "bridge", 1450), "veth12": Link(9, "veth12", "veth", 1450)}

    assert devices(BRIDGE) == ("cni0", "veth12")
    assert Pod("slice-2", "a", devices(BRIDGE)).device(links) == links["veth12"]
    assert Pod("slice-2", "a", ("veth13",)).device(links) is None


def test_what_is_no_result_is_told_and_the_others_are_read(tmp_path, capsys):
    (tmp_path / "a").write_text(result("slice-2", "web-1", BRIDGE))
    (tmp_path / "b").write_text("{")
    (tmp_path / "c").write_text("{}")

    assert listed(tmp_path) == [Pod("slice-2", "web-1", ("cni0", "veth12"))]
    told = capsys.readouterr().err
    assert f"{tmp_path}/b isn't a CNI result" in told
    assert f"{tmp_path}/c isn't a CNI result" in told


def test_a_node_without_pods_has_no_folder(tmp_path):
    assert listed(tmp_path / "results") == []
