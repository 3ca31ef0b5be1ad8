"""Which pods a namespace admits: Pod Security's levels, from namespaces' labels and the API servers' configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.audit.evidence import Cluster, Machine

LABEL = "pod-security.kubernetes.io/enforce"
LEVELS = ("privileged", "baseline", "restricted")


def plugin(machine: Machine, name: str) -> Mapping[str, Any]:
    """Return the configuration of an admission plugin of a machine's API server; empty where it has none."""
    document = machine.document(machine.flag("kube-apiserver", "admission-control-config-file")) or {}
    for one in document.get("plugins") or ():
        if one.get("name") == name:
            return one.get("configuration") or machine.document(one.get("path")) or {}
    return {}


def default_level(cluster: Cluster) -> str:
    """Return the level of a namespace without a label: the least of all API servers'."""
    levels = [_default(machine) for machine in cluster.servers]
    return min(levels, key=LEVELS.index, default=LEVELS[0])


def exempt(cluster: Cluster) -> frozenset[str]:
    """Return the namespaces that any API server leaves out."""
    told = (plugin(machine, "PodSecurity").get("exemptions") or {} for machine in cluster.servers)
    return frozenset(name for one in told for name in one.get("namespaces") or ())


def level(cluster: Cluster, namespace: str) -> str:
    """Return the level that a namespace's pods are held to."""
    if namespace in exempt(cluster):
        return LEVELS[0]
    for one in cluster.objects("Namespace"):
        if one["metadata"]["name"] == namespace:
            found = (one["metadata"].get("labels") or {}).get(LABEL)
            return found if found in LEVELS else default_level(cluster)
    return default_level(cluster)


def below(cluster: Cluster, least: str) -> dict[str, str]:
    """Return the namespaces that are held to less than a level, with the level that they are held to."""
    levels = {namespace: level(cluster, namespace) for namespace in cluster.namespaces}
    return {name: found for name, found in levels.items() if LEVELS.index(found) < LEVELS.index(least)}


def _default(machine: Machine) -> str:
    disabled = machine.flag("kube-apiserver", "disable-admission-plugins") or ""
    if "PodSecurity" in disabled.split(","):
        return LEVELS[0]
    found = (plugin(machine, "PodSecurity").get("defaults") or {}).get("enforce")
    return found if found in LEVELS else LEVELS[0]
