"""CoreDNS's configuration as text (coredns.io/manual/configuration).

Uses only plugins that the lab's CoreDNS is built with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.components.names import CLUSTER_DOMAIN, block

if TYPE_CHECKING:
    from collections.abc import Iterable

_REVERSE = "in-addr.arpa ip6.arpa"
_LOCAL = ["errors", "health {", "    lameduck 5s", "}", "ready", "prometheus :9153", "reload", "loadbalance"]
_CACHE = ["cache 30 {", f"    disable success {CLUSTER_DOMAIN}", f"    disable denial {CLUSTER_DOMAIN}", "}"]
_UPSTREAM = ["forward . /etc/resolv.conf {", "    max_concurrent 1000", "}", "loop"]
_NOWHERE = ["errors", "template ANY ANY . {", "    rcode NXDOMAIN", "}"]


def corefile(*, isolated: bool, names: Iterable[str] = ()) -> str:
    """Return the Corefile: cluster names from the API, `names` as lines of their own, others from the node's resolvers.

    An `isolated` site (a lab) leads nowhere, and `forward` refuses to start on a resolv.conf without a nameserver:
    there every other name doesn't exist, in a server block of its own because `template` comes before `kubernetes`
    in CoreDNS's fixed order of plugins and would swallow cluster names too.
    """
    if isolated:
        zones = " ".join(f"{zone}:53" for zone in (CLUSTER_DOMAIN, *_REVERSE.split()))
        blocks = [*block(zones, [*_LOCAL, *_kubernetes(), *_CACHE]), *block(".:53", _NOWHERE)]
    else:
        blocks = block(".:53", [*_LOCAL, *_kubernetes(f"fallthrough {_REVERSE}"), *_UPSTREAM, *_CACHE])
    return "\n".join([*blocks, *names, ""])


def _kubernetes(*more: str) -> list[str]:
    options = ["pods verified", "ttl 30", *more]
    return [f"kubernetes {CLUSTER_DOMAIN} {_REVERSE} {{", *(f"    {option}" for option in options), "}"]
