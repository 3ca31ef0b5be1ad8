"""What is installed on a node: packages as dpkg or RPM lists them, images as its containerd does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.artifacts.sbom.software import Package, Software
from mecctl.errors import MecctlError
from mecctl.nodes.everywhere import everywhere
from mecctl.nodes.facts import ARCHITECTURES
from mecctl.nodes.ssh import connect

if TYPE_CHECKING:
    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder

# One round trip. Where there is no dpkg, RPM or containerd, there is nothing of its kind.
LOOK = r"""
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin
echo "arch=$(uname -m)"
(. /etc/os-release && echo "distro=$ID-$VERSION_ID")
command -v dpkg-query >/dev/null &&
  dpkg-query -W -f 'package=${Package} ${Version} ${Architecture} ${db:Status-Status}\n' ||
  rpm -qa --qf 'rpm=%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH}\n' 2>/dev/null
if command -v k3s >/dev/null; then ctr="k3s ctr"; else ctr=ctr; fi
command -v ${ctr%% *} >/dev/null && $ctr --namespace k8s.io images list 2>/dev/null | sed -n '2,$s/^/image=/p'
echo "end="
"""


def look(folder: SiteFolder) -> tuple[dict[str, Software], list[MecctlError]]:
    """Ask all nodes of a site what is installed; by name, and the errors of those that didn't say."""
    nodes = folder.site.nodes
    found = everywhere(nodes, lambda node: _look_at(folder, node))
    seen = {node.name: one for node, one in zip(nodes, found, strict=True) if isinstance(one, Software)}
    return seen, [one for one in found if isinstance(one, MecctlError)]


def parse(text: str) -> Software:
    """Read the answer to LOOK."""
    lines = [line.partition("=")[::2] for line in text.splitlines() if "=" in line]
    one = dict(lines)
    rows = [value.split() for key, value in lines if key == "package"]
    found = {Package(name, version, arch) for name, version, arch, *state in rows if state == ["installed"]}
    # gpg-pubkey is a key that RPM keeps among its packages.
    rpms = [value.split() for key, value in lines if key == "rpm"]
    found |= {Package(name, version, arch, "rpm") for name, version, arch in rpms if name != "gpg-pubkey"}
    packages = sorted(found, key=lambda one: (one.name, one.arch))
    images = [value.split() for key, value in lines if key == "image"]
    # containerd also lists each image under its bare digest, and under name@digest where it was pulled so.
    named = {
        row[0]: row[2] for row in images if len(row) > 2 and "@" not in row[0] and not row[0].startswith("sha256:")
    }
    return Software(ARCHITECTURES.get(one["arch"], one["arch"]), one.get("distro", ""), tuple(packages), named)


def _look_at(folder: SiteFolder, node: Node) -> Software | MecctlError:
    try:
        with connect(folder, node) as connection:
            answer = connection.run(folder.site.spec.access.as_root("sh -s"), LOOK)
    except MecctlError as error:
        return error
    if "\nend=" not in answer.stdout:
        return MecctlError("it didn't say what is installed", where=node.name, why=answer.stderr.strip() or None)
    return parse(answer.stdout)
