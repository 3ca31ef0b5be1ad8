"""Whether kubelets can be called: a node is Ready before its kubelet has the certificate that it shows its callers.

Logs, exec and port-forward go from the API server to the kubelet and end in a TLS alert until then. Nothing in the API
tells that a kubelet has stored its certificate.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mecctl.cluster.waiting import await_answer
from mecctl.engine.kube import KubeError
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mecctl.engine.kube import KubeClient

_NOT_YET = frozenset({500, 502, 503, 504})
"""What the API server answers for a kubelet that doesn't."""
_FIX = (
    "see `kubectl get csr` for a certificate that nobody approved (on a hardened site namespace-guard in mecctl-system "
    "does) and that port 10250 of the node is open to the servers"
)


def wait_kubelets_answer(client: KubeClient, names: Iterable[str], timeout: float) -> None:
    """Return when the API server reaches the kubelets of all named nodes, by /api/v1/nodes/NAME/proxy/healthz.

    Raises MecctlError that names the node when that took `timeout` seconds for all of them, KubeError on any other
    refusal.
    """
    end = time.monotonic() + timeout
    for name in sorted(names):
        try:
            await_answer(client, f"/api/v1/nodes/{name}/proxy/healthz", _NOT_YET, end)
        except KubeError as error:
            if error.status not in _NOT_YET:
                raise
            raise MecctlError(
                f"the API server can't call the kubelet within {timeout:g} s, so no logs and no exec there",
                where=name,
                why=str(error),
                fix=_FIX,
            ) from error
