"""Who may ask for which workload's name, and how CoreDNS is told: `<workload>.<slice>.<domain>` and what else is asked.

Inside, a slice's pods find their own slice's workloads and those that a policy opens to them; who asks is told by the
address, which CoreDNS knows the pod of (coredns.io/plugins/kubernetes, "Metadata"). All others learn nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.components.openings import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mecctl.model import Peer, Site, Workload

# Seconds for which an answer may be kept: with CoreDNS's own watch, records are at most 2 s behind readiness.
TTL = 1
CLUSTER_DOMAIN = "cluster.local"


def found(site: Site) -> list[Workload]:
    """Return the workloads that have a name: those with ports, where the site has a domain."""
    return [work for work in site.workloads if work.ports] if site.discovery else []


def names_of(site: Site, work: Workload) -> dict[str, int]:
    """Return every name of a workload without a last dot, and the seconds for which an answer may be kept."""
    own = {f"{work.name}.{work.slice}.{site.discovery.domain}": TTL} if site.discovery else {}
    return {**own, **{record.name: record.ttl for record in work.dns}}


def zones(site: Site) -> list[str]:
    """Return the site's domain and, each a zone of its own, the workloads' names that aren't in it."""
    if site.discovery is None:
        return []
    domain = site.discovery.domain
    more = [name for work in found(site) for name in names_of(site, work)]
    return [domain, *(name for name in more if not f".{name}".endswith(f".{domain}"))]


def inside(site: Site) -> list[str]:
    """Return the server blocks, as lines, that answer the pods of the site; none without a domain."""
    if site.discovery is None:
        return []
    listened = " ".join(f"{zone}:53" for zone in zones(site))
    rewrites = [line for work in found(site) for line in _rewrites(site, work)]
    cluster = [
        f"kubernetes {CLUSTER_DOMAIN} {{",
        "    pods verified",
        f"    ttl {TTL}",
        "    ignore empty_service",
        "}",
    ]
    view = ["view slices {", f"    expr {_who(site)}", "}"]
    unknown = ["errors", "template ANY ANY . {", "    rcode NXDOMAIN", "}"]
    # What is below a workload's name and no record of it; `template` sees only what wasn't rewritten.
    below = [f"template ANY ANY {' '.join(zones(site))} {{", "    rcode NXDOMAIN", "}"]
    answered = block(listened, ["errors", "metadata", *rewrites, *below, *cluster, *view]) if rewrites else []
    return [
        *answered,
        *block(f"{site.discovery.domain}:53", unknown),
        *(one for p in site.spec.peers for one in stub(p)),
    ]


def stub(peer: Peer, *more: str) -> list[str]:
    """Return the server block that passes a peer's names on, with `more` plugins.

    It is a block of its own with its own upstreams, so a dead peer's questions fail at once, after the first one, and
    hold up no others (coredns.io/plugins/forward).
    """
    options = ["max_concurrent 100", "max_fails 1", f"health_check 1s domain {peer.domain}", "policy sequential"]
    options.append("failfast_all_unhealthy_upstreams")
    forward = [f"forward . {' '.join(peer.addresses)} {{", *(f"    {option}" for option in options), "}"]
    return block(f"{peer.domain}:53", [*more, "errors", *forward])


def block(zones: str, plugins: Iterable[str]) -> list[str]:
    """Return one server block of a Corefile."""
    return [f"{zones} {{", *(f"    {line}" for line in plugins), "}"]


def one_of(names: Iterable[str]) -> str:
    """Return the expression that holds for questions for one of the names, or for what is below (its SRV records)."""
    return " or ".join(f"('.' + name()) endsWith '.{name}.'" for name in names)


def _rewrites(site: Site, work: Workload) -> Iterator[str]:
    """Turn a workload's names into its Service's, on the way in, and back on the way out."""
    service = f"{work.name}.{site.slice(work.slice).namespace}.svc.{CLUSTER_DOMAIN}."
    for name, ttl in names_of(site, work).items():
        if ttl != TTL:
            yield f"rewrite continue ttl exact {name}. {ttl}"
        pattern = name.replace(".", r"\.")
        yield f"rewrite stop name regex ^((?:_[^.]+\\.)*){pattern}\\.$ {{1}}{service} answer auto"


def _who(site: Site) -> str:
    """Return the expression that holds where the asking pod's slice may know the name."""
    known: dict[str, list[str]] = {}
    for work in found(site):
        known.setdefault(work.slice, []).extend(names_of(site, work))
    for source, work, _ in opened(site):
        known.setdefault(source, []).extend(names_of(site, work))
    ways = [
        f"(metadata('kubernetes/client-namespace') == '{site.slice(name).namespace}' and ({one_of(names)}))"
        for name, names in known.items()
    ]
    return " or ".join(ways)
