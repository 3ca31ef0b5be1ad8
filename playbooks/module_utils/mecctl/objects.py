"""Kubernetes objects that belong to the nodes, such as the CNI: applied by a server, healed when edited."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import kube
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

DECLARATION = "mecctl.io/declaration"
PATIENCE = 90
CONFLICTS = 10


@dataclass
class Asking:
    """How to ask the API server, and what it said of nodes.

    `patient` waits for a server that isn't ready; `registering` is a node whose kubelet was just started anew and is
    waited for; `members` are the declared nodes that the cluster knows.
    """

    patient: bool = True
    registering: str = ""
    members: list[str] = field(default_factory=list)


def plan_objects(declared: dict[str, Any], asking: Asking) -> Iterator[Item]:
    """Objects: `{kubeconfig, data, manager, once, objects, nodes}`.

    `objects` are applied server-side as field manager `manager`. An object is in order when it carries the hash of its
    declaration and every declared field has the declared value. `once` are `{object, key: BYTES}` that are made where
    they aren't there and left alone ever after; `{key}` in their stringData is a random key in hexadecimal. `nodes` are
    `{name: {labels, taints}}` and concern nodes that have joined: a label is `{key: value}`, a taint
    `{key: [value:]effect}`, null for what must not be there. `data` is where a cluster that was started keeps its data.
    Raises NodeError when the API can't be asked.
    """
    if not declared.get("objects") and not declared.get("nodes"):
        return
    kubeconfig = Path(declared["kubeconfig"])
    if not kubeconfig.exists():
        yield from _before_cluster(declared)
        return
    api = kube.Api(kubeconfig)
    api.wait("/readyz", PATIENCE if asking.patient else 0)
    for one in declared.get("once", []):
        yield from _plan_once(api, one, declared["manager"])
    for thing in declared["objects"]:
        yield from _plan_object(api, _stamped(thing), declared["manager"])
    for name, wanted in declared.get("nodes", {}).items():
        if name == asking.registering:
            api.wait(f"/api/v1/nodes/{name}", PATIENCE)
            # What a kubelet doesn't say of its node belongs to registering it.
            for item in _plan_node(api, name, wanted, []):
                item.act()
        yield from _plan_node(api, name, wanted, asking.members)


def _before_cluster(declared: dict[str, Any]) -> Iterator[Item]:
    if Path(declared["data"]).exists():
        raise NodeError("the API server can't be asked", where=declared["kubeconfig"], why="that file isn't there")
    for thing in [*(one["object"] for one in declared.get("once", [])), *declared["objects"]]:
        yield Item(_subject(thing), "create", "isn't there", lambda: None)


def covers(live: Any, wanted: Any) -> bool:
    """Whether `live` has everything that `wanted` says; what else it has is someone else's."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(key in live and covers(live[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(live, list) and all(any(covers(have, want) for have in live) for want in wanted)
    return bool(live == wanted)


def _plan_object(api: kube.Api, thing: dict[str, Any], manager: str) -> Iterator[Item]:
    status, live = api.request("GET", kube.path_of(thing))
    act = partial(_apply, api, thing, manager)
    if status == 404:
        yield Item(_subject(thing), "create", "isn't there", act)
    elif status != 200:
        raise NodeError(f"{_subject(thing)} can't be read", why=live.get("message", str(status)))
    elif live["metadata"].get("annotations", {}).get(DECLARATION) != thing["metadata"]["annotations"][DECLARATION]:
        yield Item(_subject(thing), "update", "its declaration changed", act)
    elif not covers(live, thing):
        yield Item(_subject(thing), "update", "was edited in the cluster", act)


def _plan_once(api: kube.Api, one: dict[str, Any], manager: str) -> Iterator[Item]:
    thing = one["object"]
    status, live = api.request("GET", kube.path_of(thing))
    if status == 404:
        yield Item(_subject(thing), "create", "isn't there", partial(_make_once, api, one, manager))
    elif status != 200:
        raise NodeError(f"{_subject(thing)} can't be read", why=live.get("message", str(status)))


def _make_once(api: kube.Api, one: dict[str, Any], manager: str) -> None:
    thing, key = one["object"], secrets.token_hex(one["key"])
    filled = {name: text.replace("{key}", key) for name, text in thing["stringData"].items()}
    _apply(api, {**thing, "stringData": filled}, manager)


def _plan_node(api: kube.Api, name: str, wanted: dict[str, dict[str, Any]], members: list[str]) -> Iterator[Item]:
    path = f"/api/v1/nodes/{name}"
    status, live = api.request("GET", path)
    if status == 404:
        return
    if status != 200:
        raise NodeError(f"Node {name} can't be read", why=live.get("message", str(status)))
    members.append(name)
    labels, taints = _differing(live, wanted)
    if labels or taints:
        reasons = [f"label {key} is {live['metadata'].get('labels', {}).get(key, 'not there')}" for key in labels]
        reasons += [f"taint {key} is {_effects(live).get(key, 'not there')}" for key in taints]
        yield Item(f"Node {name}", "update", ", ".join(reasons), partial(_mend_node, api, path, live, wanted))


def _differing(live: dict[str, Any], wanted: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    labels, effects = live["metadata"].get("labels", {}), _effects(live)
    return (
        {key: value for key, value in wanted.get("labels", {}).items() if labels.get(key) != value},
        {key: value for key, value in wanted.get("taints", {}).items() if effects.get(key) != value},
    )


def _effects(live: dict[str, Any]) -> dict[str, str]:
    taints = live["spec"].get("taints", [])
    return {one["key"]: ":".join(filter(None, (one.get("value"), one["effect"]))) for one in taints}


def _taint(key: str, text: str) -> dict[str, str]:
    value, _, effect = text.rpartition(":")
    return {"key": key, **({"value": value} if value else {}), "effect": effect}


def _mend_node(api: kube.Api, path: str, live: dict[str, Any], wanted: dict[str, dict[str, Any]]) -> None:
    """Patch what differs; taints are one list, so a change by someone else in between is read and patched anew."""
    for _ in range(CONFLICTS):
        labels, taints = _differing(live, wanted)
        version = live["metadata"]["resourceVersion"]
        patch: dict[str, Any] = {"metadata": {"labels": labels, "resourceVersion": version}}
        if taints:
            kept = [taint for taint in live["spec"].get("taints", []) if taint["key"] not in taints]
            patch["spec"] = {"taints": kept + [_taint(key, text) for key, text in taints.items() if text]}
        status, answer = api.request("PATCH", path, patch, kube.MERGE)
        if status == 200:
            return
        if status == 409:
            _, live = api.request("GET", path)
    raise NodeError(f"the API server refused a change of {path}", why=answer.get("message", str(status)))


def _apply(api: kube.Api, thing: dict[str, Any], manager: str) -> None:
    path = f"{kube.path_of(thing)}?fieldManager={manager}&force=true"
    status, answer = api.request("PATCH", path, thing, kube.APPLY)
    if status not in (200, 201):
        raise NodeError(f"the API server refused {_subject(thing)}", why=answer.get("message", str(status)))


def _stamped(thing: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.sha256(json.dumps(thing, sort_keys=True).encode()).hexdigest()[:16]
    metadata = thing["metadata"]
    annotations = {**metadata.get("annotations", {}), DECLARATION: digest}
    return {**thing, "metadata": {**metadata, "annotations": annotations}}


def _subject(thing: dict[str, Any]) -> str:
    namespace = thing["metadata"].get("namespace")
    return f"{thing['kind']} {namespace + '/' if namespace else ''}{thing['metadata']['name']}"
