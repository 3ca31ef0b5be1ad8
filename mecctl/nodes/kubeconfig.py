"""The administrator's kubeconfig, from a server over SSH."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from mecctl import durable
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import certificates
from mecctl.nodes.ssh import connect

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder

ON_NODE = {"kubeadm": "/etc/kubernetes/admin.conf", "k3s": "/etc/rancher/k3s/k3s.yaml"}


def fetch(folder: SiteFolder, path: Path) -> Path:
    """Write the kubeconfig of the first server that answers to `path`, mode 0600, and return it.

    Its server is the site's API endpoint. Raises MecctlError when no server has one, UnreachableError when no server
    answers.
    """
    errors = []
    for node in folder.site.servers:
        try:
            text = _read(folder, node)
        except MecctlError as error:
            errors.append(error)
            continue
        durable.write(path, _pointed(text, folder.site.kubernetes.api_endpoint(folder.site.servers)).encode())
        return path
    kind = UnreachableError if all(isinstance(error, UnreachableError) for error in errors) else MecctlError
    raise kind("no server gave its kubeconfig", where=folder.site.name, why="; ".join(str(error) for error in errors))


def expired(path: Path) -> bool:
    """Tell whether the certificate in a kubeconfig has ended; the server may have another one by now."""
    users = yaml.safe_load(path.read_text())["users"]
    texts = [data for user in users if (data := user["user"].get("client-certificate-data"))]
    return any(certificates.days_left(certificates.read("conf", f"{path} {text}")[1]) < 0 for text in texts)


def _read(folder: SiteFolder, node: Node) -> str:
    name = ON_NODE[folder.site.kubernetes.distribution]
    with connect(folder, node) as connection:
        answer = connection.run(folder.site.spec.access.as_root(f"cat {name}"))
    if answer.status:
        raise MecctlError("it has no cluster yet", where=node.name, why=answer.stderr.strip() or None)
    return answer.stdout


def _pointed(text: str, endpoint: str) -> str:
    config = yaml.safe_load(text)
    for cluster in config["clusters"]:
        cluster["cluster"]["server"] = f"https://{endpoint}"
    return yaml.safe_dump(config, sort_keys=False)
