"""New certificates for a server of kubeadm's, signed by the CA that is there; nothing of this asks the API for them.

So it works when they have expired, and when the API server is down because they have. Kubernetes' own procedure:
https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#manual-certificate-renewal. What reads its
certificates only when it starts is started anew, in an order in which each part finds the ones that it needs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ansible.module_utils.mecctl import atomic, kubeadm, kubeletcerts, staticpods
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = Path("/run/mecctl-certs.yaml")
PKI = Path("/etc/kubernetes/pki")
LIMIT = 120


def renew_server(node: str, version: str) -> Iterator[dict[str, str]]:
    """Renew all that kubeadm made, then the kubelet's; yields each change once it is made. Raises NodeError."""
    if not (PKI / "ca.key").exists():
        fix = "put the CA's key back from where it is kept, and run the same command again"
        raise NodeError("the CA's key isn't on this server, so nothing can be signed", where=str(PKI), fix=fix)
    # Without this kubeadm would ask the API for its settings, and without an answer take others than the site's.
    settings = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "kubernetesVersion": version,
        "encryptionAlgorithm": "ECDSA-P256",
    }
    atomic.write(CONFIG, json.dumps(settings).encode(), mode=0o600)
    try:
        run(["kubeadm", "certs", "renew", "all", f"--config={CONFIG}"], timeout=LIMIT, umask=0o077)
        yield _change("certificates of the control plane", "renewed by kubeadm, those in its kubeconfigs too")
        # A kubelet that starts while there is no API waits a minute for it before it starts anything. Where there is
        # none yet, it has to start first: so it forgets how often the parts have failed, and how long to wait for that.
        steps = [_parts(), kubeletcerts.sign_here(node, CONFIG)]
        for step in steps if staticpods.serves() else reversed(steps):
            yield from step
    finally:
        CONFIG.unlink()


def _parts() -> Iterator[dict[str, str]]:
    staticpods.restart(kubeadm.last_words)
    yield _change("control plane", f"{', '.join(staticpods.PARTS)} started anew, one after the other")


def _change(subject: str, reason: str) -> dict[str, str]:
    return {"subject": subject, "action": "replace", "reason": reason}
