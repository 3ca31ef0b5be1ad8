"""One wrong field at a time: the whole sentence, with its line."""

import pytest

from mecctl.errors import InputError
from mecctl.sitefile import load

CACHE = 'image: "mecctl.io/web:1", replicas: 2, ports: [8080]'

CASES = [
    ("mecctl/v1", "mecctl/v2", "site.yaml:1: apiVersion: 'mecctl/v2' isn't known; mecctl/v1"),
    ("kind: Site\n", "", "site.yaml:1: kind: is missing; What this file declares."),
    ("{name: here}", "{nane: here}", "site.yaml:3: metadata.nane: this key isn't known here; did you mean name?"),
    ("{name: here}", "{name: 7}", 'site.yaml:3: metadata.name: 7 reads as a number, not as text; quote it: "7"'),
    (
        "{name: here}",
        "{name: true}",
        'site.yaml:3: metadata.name: true reads as a true/false value, not as text; quote it: "true"',
    ),
    ("{name: here}", "here", "site.yaml:3: metadata: 'here' is text; a mapping (key: value)"),
    ("metadata: {name: here}", "metadata:", "site.yaml:3: metadata: is empty; a mapping (key: value)"),
    (
        "{name: here}",
        "{name: here, labels: {a b: c}}",
        (
            "site.yaml:3: metadata.labels.a b: 'a b' isn't valid here; a Kubernetes label key, "
            "for example region or example.org/region"
        ),
    ),
    (
        "{privateKey: keys/id}",
        "{}",
        (
            "site.yaml:5: spec.access.privateKey: is missing; SSH private key, a path relative to the site's folder. "
            "A lab has its own, made by `lab up`."
        ),
    ),
    ("{privateKey: keys/id}", '{privateKey: ""}', "site.yaml:5: spec.access.privateKey: is empty; at least one"),
    (
        "{privateKey: keys/id}",
        "{privateKey: keys/id, hostKeys: none}",
        "site.yaml:5: spec.access.hostKeys: 'none' isn't known; strict or accept-new",
    ),
    (
        "address: 10.77.0.12, roles",
        "address: 10.77.0.12, port: 70000, roles",
        "site.yaml:8: spec.nodes[1].port: 70000 is too big; at most 65535",
    ),
    (
        "address: 10.77.0.12, roles",
        'address: 10.77.0.12, port: "22", roles',
        "site.yaml:8: spec.nodes[1].port: '22' is text; a whole number, without quotes",
    ),
    (
        "address: 10.77.0.12",
        "address: edge-2.example",
        (
            "site.yaml:8: spec.nodes[1].address: 'edge-2.example' isn't an IPv4 address; an IPv4 address, "
            "for example 10.77.0.11"
        ),
    ),
    ("[agent]", "agent", "site.yaml:8: spec.nodes[1].roles: 'agent' is text; a list"),
    ("[agent]", "[]", "site.yaml:8: spec.nodes[1].roles: is empty; at least one"),
    ("[agent]", "[worker]", "site.yaml:8: spec.nodes[1].roles[0]: 'worker' isn't known; server or agent"),
    (
        "version: v1.36.3",
        "version: 1.36",
        'site.yaml:11: spec.kubernetes.version: 1.36 reads as a number, not as text; quote it: "1.36"',
    ),
    (
        "version: v1.36.3",
        "version: latest",
        (
            "site.yaml:11: spec.kubernetes.version: 'latest' isn't a Kubernetes version; "
            "v1.36.3 (kubeadm) or v1.36.5+k3s1 (k3s)"
        ),
    ),
    (
        "podCIDR: 10.42.0.0/16",
        "podCIDR: 10.42.7.0/16",
        (
            "site.yaml:12: spec.kubernetes.network.podCIDR: '10.42.7.0/16' isn't the start of its range; "
            "write 10.42.0.0/16"
        ),
    ),
    (
        "podCIDR:",
        "podCidr:",
        "site.yaml:12: spec.kubernetes.network.podCidr: this key isn't known here; did you mean podCIDR?",
    ),
    (
        "cni: cilium,",
        "",
        "site.yaml:12: spec.kubernetes.network.cni: is missing; Pod network: flannel under k3s, cilium under kubeadm.",
    ),
    ("{sst: 2}", "{sst: 256}", "site.yaml:16: spec.slices[1].snssai.sst: 256 is too big; at most 255"),
    ("{sst: 2}", "{sst: -1}", "site.yaml:16: spec.slices[1].snssai.sst: -1 is too small; at least 0"),
    ("{sst: 2}", '{sst: "2"}', "site.yaml:16: spec.slices[1].snssai.sst: '2' is text; a whole number, without quotes"),
    ("{sst: 2}", "2", "site.yaml:16: spec.slices[1].snssai: 2 is a number; a mapping (key: value)"),
    (
        "{fiveQI: 82}",
        "{fiveQi: 82}",
        "site.yaml:16: spec.slices[1].qos.fiveQi: this key isn't known here; did you mean fiveQI?",
    ),
    (
        'cpu: "1"',
        "cpu: 1 core",
        (
            "site.yaml:16: spec.slices[1].quota.cpu: '1 core' isn't an amount of CPU; "
            "cores or millicores, for example 2 or 500m"
        ),
    ),
    (
        "memory: 512Mi",
        "memory: 512",
        (
            "site.yaml:16: spec.slices[1].quota.memory: 512 has no unit; a number and Ki, Mi, Gi, Ti (x1024) "
            "or k, M, G, T (x1000), for example 256Mi"
        ),
    ),
    ("pods: 10}", "pods: 0}", "site.yaml:16: spec.slices[1].quota.pods: 0 is too small; at least 1"),
    (
        "name: cache, slice",
        "name: 1cache, slice",
        (
            "site.yaml:18: spec.workloads[0].name: '1cache' isn't valid here; a letter, then lower-case letters, "
            "digits and '-', at most 63 (DNS-1035), for example cache"
        ),
    ),
    (
        CACHE,
        CACHE.replace("web:1", "web"),
        (
            "site.yaml:18: spec.workloads[0].image: 'mecctl.io/web' doesn't say which version; add a tag or a digest, "
            "for example mecctl.io/web:1"
        ),
    ),
    (
        CACHE,
        CACHE.replace("replicas: 2", "replicas: 2.0"),
        "site.yaml:18: spec.workloads[0].replicas: 2.0 is a number; a whole number",
    ),
    (
        CACHE,
        CACHE.replace("replicas: 2", "env: {PORT: 8080}"),
        'site.yaml:18: spec.workloads[0].env.PORT: 8080 reads as a number, not as text; quote it: "8080"',
    ),
    (
        CACHE,
        CACHE.replace("replicas: 2", "env: {1X: a}"),
        (
            "site.yaml:18: spec.workloads[0].env.1X: '1X' isn't valid here; letters, digits and '_', no digit first, "
            "for example LOG_LEVEL"
        ),
    ),
    (
        CACHE,
        CACHE.replace("replicas: 2", "zzz: 2"),
        (
            "site.yaml:18: spec.workloads[0].zzz: this key isn't known here; known: annotations, appd, "
            "architecture, args, command, dns, env, files, image, maximumLatency, mobility, name, outside, pool, "
            "ports, probes, provides, replicas, requires, resources, scale, slice, storage, vm"
        ),
    ),
    (
        "from: {slice: urllc}",
        "form: {slice: urllc}",
        "site.yaml:21: spec.policies[0].form: this key isn't known here; did you mean from?",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_said(told, old, new, said):
    assert said in told((old, new))


@pytest.mark.parametrize(
    ("written", "meant"), [("isolaton: none", "isolation"), ("nets: x.json", "nest"), ("SNSSAI: {sst: 1}", "snssai")]
)
def test_misspelt_key_of_a_slice(told, written, meant):
    problems = told(("{name: urllc,", f"{{name: urllc, {written},"))
    key = written.split(":")[0]
    assert problems == [f"site.yaml:16: spec.slices[1].{key}: this key isn't known here; did you mean {meant}?"]


@pytest.mark.parametrize(
    ("literal", "fix"),
    [
        ("010203", 'write sd: "010203"'),
        ("112233", 'write sd: "112233"'),
        ("1", 'six hex digits in quotes, for example sd: "0000a1"'),
        ("2", 'six hex digits in quotes, for example sd: "0000a1"'),
        ("009000", 'write sd: "009000"'),
        ("000080", 'write sd: "000080"'),
        ("010000", 'write sd: "010000"'),
        ("0000e1", 'write sd: "0000e1"'),
        ("0x010203", 'write sd: "010203"'),
        ("0x111111", 'write sd: "111111"'),
        ("true", 'six hex digits in quotes, for example sd: "0000a1"'),
    ],
)
def test_an_unquoted_sd_that_yaml_reads_as_a_number(told, literal, fix):
    expected = (
        "site.yaml:15: spec.slices[0].snssai.sd: this reads as a number, not as text, and a number loses digits: "
        f"quote it; {fix}"
    )
    assert told(('sd: "0000a1"', f"sd: {literal}")) == [expected]


@pytest.mark.parametrize("literal", ['"010203"', "'112233'", '"0x111111"', "0000a1", "00B0C0"])
def test_an_sd_that_stays_text(edited, literal):
    found = edited(('sd: "0000a1"', f"sd: {literal}")).site.slices[0].snssai.sd
    assert found == literal.strip("\"'").lower().removeprefix("0x")


@pytest.mark.parametrize("more", ["wildcardSd: true", "sdRanges: [{start: '000001', end: '0000ff'}]"])
def test_a_slice_is_one_s_nssai_and_no_range_of_them(told, more):
    (problem,) = told(("sst: 1,", f"sst: 1, {more},"))
    key = more.split(":")[0]
    assert problem == f"site.yaml:15: spec.slices[0].snssai.{key}: this key isn't known here; known: sd, sst"


@pytest.mark.parametrize(("written", "sst"), [("0x01", 1), ("255", 255), ("0", 0)])
def test_sst_literals(edited, written, sst):
    assert edited(("sst: 1,", f"sst: {written},")).site.slices[0].snssai.sst == sst


@pytest.mark.parametrize("literal", ["ffffff", '"FFFFFF"', "'0xffffff'"])
def test_an_sd_that_stands_for_none(edited, literal):
    assert str(edited(('sd: "0000a1"', f"sd: {literal}")).site.slices[0].snssai) == "1"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"01"', "'01' is text; a whole number, without quotes"),
        ("'1'", "'1' is text; a whole number, without quotes"),
        ("1.0", "1.0 is a number; a whole number"),
        ("null", "is empty; a whole number"),
        ("256", "256 is too big; at most 255"),
    ],
)
def test_sst_literals_refused(told, written, said):
    assert told(("sst: 1,", f"sst: {written},")) == [f"site.yaml:15: spec.slices[0].snssai.sst: {said}"]


def test_country_stays_text(edited):
    found = edited(("  nodes:\n", "  location: {country: NO, latitude: 59.9, longitude: 10}\n  nodes:\n"))
    assert found.site.spec.location is not None
    assert found.site.spec.location.country == "NO"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just text\n", "'just text' is text; a mapping (key: value)"),
        ("- a\n- b\n", "this is a list; a mapping (key: value)"),
        ("null\n", "is empty; a mapping (key: value)"),
    ],
)
def test_a_file_without_a_mapping(folder, text, said):
    (folder / "site.yaml").write_text(text)
    with pytest.raises(InputError) as refused:
        load(folder)
    assert str(refused.value) == f"{folder}/site.yaml:1: {said}"
