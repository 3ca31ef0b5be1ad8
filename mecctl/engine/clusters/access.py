"""How a Kubernetes provider reaches its cluster, read from its inputs.

The inputs are those of pulumi-kubernetes (https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/); the
SDK sends everything but text as JSON. What can't be honoured is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from mecctl.engine.objects.kinds import PROVIDER
from mecctl.engine.objects.values import Properties, has_unknown, reveal, secret
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIX = "leave it out, or run the program with engine: pulumi"
_TEXTS = ("kubeconfig", "context", "cluster", "namespace", "clusterIdentifier")
# Only this value is what the engine does. An object's update in place is one (enable...Mutable).
_FIXED = {
    "alwaysRender": False,
    "deleteUnreachable": False,
    "enableConfigMapMutable": True,
    "enableSecretMutable": True,
    "enableServerSideApply": True,
    "skipUpdateUnreachable": False,
    "upsertExistingObjects": False,
}
# These say nothing to an engine that prints no such warnings, runs no Helm, and asks its own 16 questions at a time.
_IDLE = {"helmReleaseSettings", "suppressDeprecationWarnings", "suppressHelmHookWarnings", "version", "__internal"}
_OTHER = {"enablePatchForce", "kubeClientSettings"}
_TIMEOUT = 30.0  # seconds for each request


@dataclass(frozen=True)
class Access:
    """A kubeconfig (content or path, empty for the engine's own) and what is chosen from it; `timeout` in seconds.

    `patch_force` takes over fields of other managers. `identifier` tells clusters apart instead of their addresses.
    """

    kubeconfig: str = field(default="", repr=False)
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    identifier: str = ""
    timeout: float = _TIMEOUT
    patch_force: bool = False


def read_access(inputs: Properties) -> Access | None:
    """Return what a provider's inputs say, None when that isn't known yet. Raises MecctlError for what isn't done."""
    if has_unknown(inputs):
        return None
    given = {key: _decoded(key, value) for key, value in reveal(inputs).items() if value not in (None, "")}
    for key, value in given.items():
        _refuse(key, value)
    kubeconfig = given.get("kubeconfig", "")
    texts = {key: str(given.get(key, "")) for key in _TEXTS}
    return Access(
        kubeconfig if isinstance(kubeconfig, str) else json.dumps(kubeconfig),
        texts["context"],
        texts["cluster"],
        texts["namespace"],
        texts["clusterIdentifier"],
        float((given.get("kubeClientSettings") or {}).get("timeout") or _TIMEOUT),
        given.get("enablePatchForce") is True,
    )


def hidden(inputs: Properties) -> Properties:
    """Return a provider's inputs with the kubeconfig marked as secret, as the state keeps them."""
    given = inputs.get("kubeconfig")
    return {**inputs, "kubeconfig": secret(given)} if given else inputs


def credentials(inputs: Properties) -> Properties:
    """Return what of a provider's kubeconfig nobody should read: its users, marked as secret."""
    text = reveal(inputs.get("kubeconfig"))
    try:
        document = yaml.safe_load(text) if isinstance(text, str) else text
    except yaml.YAMLError:
        return {"kubeconfig": secret(text)}
    users = document.get("users") if isinstance(document, dict) else None
    return {"users": secret([user.get("user") for user in users if isinstance(user, dict)])} if users else {}


def sensitive(type_: str, inputs: Properties) -> Properties:
    """Return what of a resource's inputs is secret: a kubeconfig has much that people have to read in errors."""
    return credentials(inputs) if type_ == PROVIDER else inputs


def _refuse(key: str, value: Any) -> None:  # noqa: ANN401 - JSON
    if key in _FIXED and value is not _FIXED[key]:
        raise MecctlError(f"its provider option {key}={json.dumps(value)} isn't something the engine does", fix=_FIX)
    if key not in _FIXED and key not in _IDLE and key not in _OTHER and key not in _TEXTS:
        raise MecctlError(f"the engine doesn't know its provider option {key}", fix=_FIX)


def _decoded(key: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    reads: Callable[[str], Any] | None = json.loads if key in _FIXED or key in _OTHER else None
    try:
        return reads(value) if reads and isinstance(value, str) else value
    except ValueError as error:
        raise MecctlError(f"its provider option {key} isn't JSON: {value!r}") from error
