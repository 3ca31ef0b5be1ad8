"""Declared states in, changes out: everything is planned before anything is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import atomic, blobs
from ansible.module_utils.mecctl.binaries import plan_binaries
from ansible.module_utils.mecctl.files import plan_absent, plan_directories, plan_files, plan_links
from ansible.module_utils.mecctl.firewall import plan_firewall
from ansible.module_utils.mecctl.fixed import plan_fixed, remember
from ansible.module_utils.mecctl.images import plan_images
from ansible.module_utils.mecctl.item import NodeError
from ansible.module_utils.mecctl.kernel import plan_modules, plan_sysctls
from ansible.module_utils.mecctl.keyfiles import plan_key_files
from ansible.module_utils.mecctl.kubeadm import plan_kubeadm
from ansible.module_utils.mecctl.masks import plan_masked
from ansible.module_utils.mecctl.modes import plan_modes
from ansible.module_utils.mecctl.objects import Asking, plan_objects
from ansible.module_utils.mecctl.packages import plan_packages
from ansible.module_utils.mecctl.sshd import plan_sshd
from ansible.module_utils.mecctl.units import plan_units
from ansible.module_utils.mecctl.users import plan_users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ansible.module_utils.mecctl.item import Context, Item

# What a state may declare, in the order it is made: each kind may need what stands before it.
KINDS: dict[str, Callable[[Any, Context], Iterable[Item]]] = {
    "fixed": plan_fixed,
    "packages": plan_packages,
    "modules": plan_modules,
    "sysctls": plan_sysctls,
    "users": plan_users,
    "directories": plan_directories,
    "binaries": plan_binaries,
    "key_files": plan_key_files,
    "files": plan_files,
    "links": plan_links,
    "absent": plan_absent,
    "modes": plan_modes,
    "masked": plan_masked,
    "sshd": plan_sshd,
    "units": plan_units,
    "images": plan_images,
    "kubeadm": plan_kubeadm,
}
OTHER_KEYS = {"objects", "firewall", "reset"}


@dataclass
class Result:
    """What was or would be changed, what waits for another node, and which artifacts must be pushed first.

    `asking` holds what the API server said of nodes, where this node was to ask; `unknown` is what can't be said.
    """

    changes: list[dict[str, str]] = field(default_factory=list)
    later: list[dict[str, str]] = field(default_factory=list)
    diff: list[dict[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    asking: Asking = field(default_factory=Asking)
    unknown: str = ""


def converge(states: list[dict[str, Any]], context: Context, result: Result, *, check: bool) -> None:
    """Fill `result` with the changes of `states`, and make them unless `check`.

    Nothing is made while an artifact is missing. Raises NodeError; `result` then holds what was made before it.
    """
    items = [item for state in states for item in _plan_local(state, context)]
    if not check:
        result.missing = blobs.missing(context)
        if result.missing:
            return
    _make(items, result, check=check)
    if context.imports:
        context.imports.wait()
    for folder in context.unsettled:
        atomic.settle(folder)
    if context.cluster and not check:
        result.asking.registering = context.name
    result.asking.patient = not (check and items)
    for state in states:
        _converge_objects(state.get("objects") or {}, result, check=check)
    # Last, so that a new packet filter, which is on trial, needn't wait for the rest to be kept.
    filters = [state["firewall"] for state in states if "firewall" in state]
    _make((item for one in filters for item in plan_firewall(one, context)), result, check=check)
    context.signatures.save()
    if not check and not result.later:
        remember(context)


def _plan_local(state: dict[str, Any], context: Context) -> list[Item]:
    unknown = set(state) - set(KINDS) - OTHER_KEYS
    if unknown:
        raise NodeError(f"a state can't declare {', '.join(sorted(unknown))}")
    return [item for kind, plan in KINDS.items() if kind in state for item in plan(state[kind], context)]


def _make(items: Iterable[Item], result: Result, *, check: bool) -> None:
    for item in items:
        if item.later:
            result.later.append(item.change())
            continue
        if not check:
            try:
                item.act()
            except OSError as error:
                raise NodeError(f"{item.subject} could not be made", why=str(error)) from error
        result.changes.append(item.change())
        if item.diff:
            result.diff.append(item.diff)


def _converge_objects(declared: dict[str, Any], result: Result, *, check: bool) -> None:
    """Objects come after all else: planning them asks an API server that the items before may have to start."""
    try:
        items = list(plan_objects(declared, result.asking))
    except NodeError as failure:
        if result.asking.patient:
            raise
        result.unknown = f"{failure}; its objects are known once the changes before are made"
        return
    _make(items, result, check=check)
