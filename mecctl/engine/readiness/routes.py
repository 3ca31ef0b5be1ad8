"""Why an Ingress has no address: nobody serves its class, or what it leads to isn't there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mecctl.engine.kube import KubeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mecctl.engine.kube import KubeClient
    from mecctl.engine.objects.objects import Object


def complaints(client: KubeClient, live: Object) -> Iterator[str]:
    """Yield what is wrong around an Ingress."""
    yield from _class(client, live)
    namespace = live["metadata"]["namespace"]
    for name in sorted(set(_services(live["spec"]))):
        if _find(client, "v1", "Service", name, namespace) is None:
            yield f"it leads to the Service {name}, which is not there"


def _class(client: KubeClient, live: Object) -> Iterator[str]:
    name = live["spec"].get("ingressClassName")
    if not name:
        yield "it names no class (spec.ingressClassName), and the cluster has no default one"
        return
    found = _find(client, "networking.k8s.io/v1", "IngressClass", name)
    if found is None:
        yield f"the IngressClass {name} is not there"
    else:
        yield f"the IngressClass {name} is served by {found['spec']['controller']}: see whether that runs"


def _services(spec: dict[str, Any]) -> Iterator[str]:
    backends = [spec.get("defaultBackend") or {}]
    for rule in spec.get("rules") or ():
        backends += [path["backend"] for path in (rule.get("http") or {}).get("paths") or ()]
    yield from (one["service"]["name"] for one in backends if one.get("service"))


def _find(client: KubeClient, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
    try:
        return client.get(api_version, kind, name, namespace)
    except KubeError as error:
        if error.status == 404:
            return None
        raise
