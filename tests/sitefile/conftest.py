"""A small valid site to break in one place at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mecctl.errors import InputError
from mecctl.sitefile import SiteFolder, load

SITE = """\
apiVersion: mecctl/v1
kind: Site
metadata: {name: here}
spec:
  access: {privateKey: keys/id}
  nodes:
    - {name: edge-1, address: 10.77.0.11, roles: [server]}
    - {name: edge-2, address: 10.77.0.12, roles: [agent]}
  kubernetes:
    distribution: kubeadm
    version: v1.36.3
    network: {cni: cilium, podCIDR: 10.42.0.0/16, serviceCIDR: 10.43.0.0/16}
    hardening: none
  slices:
    - {name: embb, snssai: {sst: 1, sd: "0000a1"}}
    - {name: urllc, snssai: {sst: 2}, qos: {fiveQI: 82}, quota: {cpu: "1", memory: 512Mi, pods: 10}}
  workloads:
    - {name: cache, slice: embb, image: "mecctl.io/web:1", replicas: 2, ports: [8080]}
    - {name: control, slice: urllc, image: "mecctl.io/web:1", ports: [9090]}
  policies:
    - {from: {slice: urllc}, to: {slice: embb, workload: cache, ports: [8080]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text(SITE)
    return tmp_path


@pytest.fixture
def edited(folder: Path) -> Callable[..., SiteFolder]:
    """Load the site after replacing text in its file: edited((old, new), ...)."""

    def load_edited(*edits: tuple[str, str]) -> SiteFolder:
        text = SITE
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "site.yaml").write_text(text)
        return load(folder)

    return load_edited


@pytest.fixture
def told(folder: Path, edited: Callable[..., SiteFolder]) -> Callable[..., list[str]]:
    """Return the problems of the site after edits, without the folder: `site.yaml:12: field: what; allowed`."""

    def problems(*edits: tuple[str, str]) -> list[str]:
        with pytest.raises(InputError) as refused:
            edited(*edits)
        return [str(problem).removeprefix(f"{folder}/") for problem in refused.value.problems]

    return problems
