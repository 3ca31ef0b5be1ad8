"""Until when a node's certificates hold, and which of them need to be renewed soon."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SOON = 30
"""Days: time enough for a site that nobody gets to every week. The audit holds them to it too."""
_DAY = 86_400

# Public halves only, and of each file the first, which is the node's own. One program for all files.
LOOK = r"""
for file in /etc/kubernetes/*.conf /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt \
  /var/lib/kubelet/pki/kubelet-client-current.pem /var/lib/kubelet/pki/kubelet-server-current.pem \
  /var/lib/kubelet/pki/kubelet.crt /var/lib/rancher/k3s/server/tls/*.crt /var/lib/rancher/k3s/server/tls/etcd/*.crt \
  /var/lib/rancher/k3s/agent/*.crt; do
  test -f "$file" && set -- "$@" "$file"
done
test $# = 0 || awk '
  /^ *client-certificate-data:/ {print "conf=" FILENAME " " $2}
  /-----BEGIN CERTIFICATE-----/ && !seen[FILENAME]++ {printf "cert=" FILENAME " "; inside = 1; next}
  /-----END CERTIFICATE-----/ {if (inside) print ""; inside = 0}
  inside {printf "%s", $0}' "$@"
"""


def read(kind: str, value: str) -> tuple[str, float]:
    """Return path and end (Unix seconds) from one line of the answer to LOOK: `cert`, base64 of DER, or `conf`, of PEM.

    Raises ValueError for what isn't a certificate.
    """
    path, text = value.split(" ", 1)
    content = base64.b64decode(text)
    load = x509.load_der_x509_certificate if kind == "cert" else x509.load_pem_x509_certificate
    return path, load(content).not_valid_after_utc.timestamp()


def first_to_end(ends: Mapping[str, float]) -> str | None:
    """Return the path of the certificate that ends first; None where there are none."""
    return min(ends, key=ends.__getitem__, default=None)


def renewal(paths: Iterable[str], site: str) -> str:
    """Return the command that renews these certificates, unless one is an authority's, for which there is none."""
    if any(path.split(" ")[0].endswith("ca.crt") for path in paths):
        return "an authority's isn't renewed by mecctl: set the site up anew, or follow Kubernetes' manual rotation"
    return f"mecctl site rotate {site} certs"


def days_left(ends: float) -> float:
    """Return how many days there are until `ends` (Unix seconds); negative once it has passed."""
    return (ends - time.time()) / _DAY


def told(path: str, ends: float) -> str:
    """Say when a certificate ends, or ended."""
    days, day = days_left(ends), f"{datetime.fromtimestamp(ends, UTC):%Y-%m-%d}"
    return f"{path} expired on {day}" if days < 0 else f"{path} expires on {day}, in {days:.0f} days"
