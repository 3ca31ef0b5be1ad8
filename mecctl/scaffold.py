"""`mecctl init`: a new site folder to start from, valid as it stands and explained line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from zlib import crc32

from mecctl.errors import InputError, Problem
from mecctl.model.types import LABEL_1123

if TYPE_CHECKING:
    from pathlib import Path

_VERSIONS = {"kubeadm": ("v1.36.3", "cilium"), "k3s": ("v1.36.5+k3s1", "flannel")}

_SITE = """\
# The one hand-written truth about the site @NAME@.
#   mecctl site validate @NAME@     checks this file
#   mecctl lab up @NAME@            makes the nodes below as containers on this machine
#   mecctl site plan @NAME@         shows what would change
#   mecctl site up @NAME@           makes it so
apiVersion: mecctl/v1
kind: Site
metadata:
  name: @QUOTED@
  labels: {purpose: trial}                # free key/value labels

spec:
  # A lab's nodes are containers on this machine. For machines of your own, remove `lab`, put their addresses under
  # `nodes`, and say how to log in:
  #   access: {user: root, privateKey: keys/id_ed25519, knownHosts: known_hosts, hostKeys: strict}
  lab: {driver: podman}

  # location: {country: DE, latitude: 52.52, longitude: 13.40}

  nodes:                                  # server: control plane; agent: runs workloads; one node may be both
    - {name: edge-1, address: @SUBNET@.11, roles: [server]}
    - {name: edge-2, address: @SUBNET@.12, roles: [agent]}

  kubernetes:
    distribution: @DISTRIBUTION@                 # kubeadm (upstream Kubernetes) or k3s
    version: @VERSION@
    network: {cni: @CNI@, podCIDR: 10.42.0.0/16, serviceCIDR: 10.43.0.0/16}

  slices:                                 # each becomes the namespace slice-<S-NSSAI> that only its own traffic reaches
    - name: embb
      nest: slices/embb.json              # a GSMA NEST; what is written here beside it wins
      snssai: {sst: 1, sd: "0000a1"}      # sd: six hex digits, always in quotes
    - name: urllc
      snssai: {sst: 2, sd: "0000b2"}
      qos: {fiveQI: 82}                   # 3GPP TS 23.501 table 5.7.4-1; decides which pods are served first
      quota: {cpu: "1", memory: 512Mi, pods: 10}

  workloads:
    - {name: cache, slice: embb, image: "mecctl.io/web:1", replicas: 2, ports: [8080]}
    - {name: control, slice: urllc, image: "mecctl.io/web:1", ports: [8080]}

  policies:                               # the only openings between slices: here urllc may reach embb's cache
    - {from: {slice: urllc}, to: {slice: embb, workload: cache, ports: [8080]}}
"""

_NEST = """\
{
    "base_slice_descriptor": {
        "base_slice_des_id": "@NAME@-embb",
        "network_DL_throughput": {"guaranteed": 50000, "maximum": 100000},
        "network_UL_throughput": {"guaranteed": 10000, "maximum": 20000},
        "number_of_terminals": 200,
        "mtu": 1400
    }
}
"""

_GITIGNORE = """\
# state, keys and logs that mecctl keeps beside the site file
.mecctl/
keys/
"""


def init(name: str, folder: Path, distribution: Literal["kubeadm", "k3s"] = "kubeadm") -> Path:
    """Write the new site `name` into `folder` and return its site.yaml.

    Raises InputError, with nothing written, when the name is no DNS-1123 label or the folder has something in it.
    """
    if not re.fullmatch(LABEL_1123, name):
        allowed = "lower-case letters, digits and '-', at most 63, for example plant-7"
        raise InputError([Problem(str(folder), None, "NAME", f"{name!r} can't be a site's name", allowed)])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError([Problem(str(folder), None, "", "is there already and not empty", "a new or empty folder")])
    version, cni = _VERSIONS[distribution]
    values = {
        "@NAME@": name,
        "@QUOTED@": _quoted(name),
        "@SUBNET@": _subnet(name),
        "@DISTRIBUTION@": distribution,
        "@VERSION@": version,
        "@CNI@": cni,
    }
    (folder / "slices").mkdir(parents=True)
    (folder / ".gitignore").write_text(_GITIGNORE)
    (folder / "slices" / "embb.json").write_text(_fill(_NEST, values))
    written = folder / "site.yaml"
    written.write_text(_fill(_SITE, values))
    return written


def _quoted(name: str) -> str:
    """Quote a name that YAML would read as a number, a truth value or null."""
    return f'"{name}"' if name[0].isdigit() or name in {"true", "false", "null"} else name


def _subnet(name: str) -> str:
    """Return the first three bytes of a /24 for the lab, one of 100 by name, so that labs can stand side by side."""
    return f"10.{100 + crc32(name.encode()) % 100}.0"


def _fill(text: str, values: dict[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
