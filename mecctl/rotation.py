"""What `mecctl site rotate` does, each with everything running on; a plain re-run goes on after any failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.artifacts.store import Store
from mecctl.cluster import ipsec
from mecctl.cluster.encryption import EncryptedApi
from mecctl.cluster.health import connect
from mecctl.cluster.tokens import revoke
from mecctl.errors import InputError, MecctlError, Problem, UnreachableError
from mecctl.nodes import encryption
from mecctl.nodes.kubeconfig import fetch
from mecctl.nodes.sshkey import Rotation
from mecctl.nodes.steps import Nodes
from mecctl.plan.change import Change

if TYPE_CHECKING:
    from mecctl.nodes.steps import NodesResult
    from mecctl.plan.progress import Progress
    from mecctl.sitefile import SiteFolder


def ssh_key(folder: SiteFolder, _progress: Progress) -> tuple[Change, ...]:
    """Change the key that mecctl logs in with."""
    return Rotation(folder).run()


def encryption_key(folder: SiteFolder, progress: Progress) -> tuple[Change, ...]:
    """Change the key that the API server encrypts Secrets with."""
    with connect(folder.state / "kubeconfig", folder.site) as client:
        return encryption.rotate(folder, EncryptedApi(client, progress))


def ipsec_key(folder: SiteFolder, progress: Progress) -> tuple[Change, ...]:
    """Change the key by which Cilium's IPsec encrypts; raises InputError on a site that has none."""
    if folder.site.kubernetes.network.encryption != "ipsec":
        place = (str(folder.path), None, "spec.kubernetes.network.encryption")
        raise InputError([Problem(*place, "the site has no key of IPsec", "write ipsec on a site that isn't up yet")])
    with connect(folder.state / "kubeconfig", folder.site) as client:
        return ipsec.rotate(client, {node.name for node in folder.site.spec.nodes}, progress)


def certs(folder: SiteFolder, progress: Progress) -> tuple[Change, ...]:
    """Renew all certificates of the cluster but its authorities', and fetch the administrator's kubeconfig anew.

    Needs SSH alone, so it works when all of them have expired. Raises MecctlError (UnreachableError) that names the
    nodes that still have their old ones.
    """
    result = Nodes(folder, Store(), progress).renew("certs")
    if any(change.subject.startswith(f"{node.name}: ") for node in folder.site.servers for change in result.changes):
        kubeconfig = fetch(folder, folder.state / "kubeconfig")
        fetched = Change(str(kubeconfig), "replace", "fetched anew")
        return _done(result, fetched)
    return _done(result)


def tokens(folder: SiteFolder, progress: Progress) -> tuple[Change, ...]:
    """Take back every token by which machines join; under K3s, where nodes keep theirs, all get other ones."""
    if folder.site.kubernetes.distribution == "k3s":
        return _done(Nodes(folder, Store(), progress).renew("tokens"))
    with connect(folder.state / "kubeconfig", folder.site) as client:
        return revoke(client)


def _done(result: NodesResult, *more: Change) -> tuple[Change, ...]:
    if not result.failures:
        return (*result.changes, *more)
    errors = list(result.failures.values())
    kind = UnreachableError if all(isinstance(error, UnreachableError) for error in errors) else MecctlError
    said = "\n".join(str(error) for error in errors)
    names = ", ".join(sorted(result.failures))
    raise kind(f"not done on {names}:\n{said}", fix="mend that and run the same command again: it may be repeated")
