"""Which Pulumi programs make a site's API objects, in which order, with which config."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mecctl.engine.project.program import Program
from mecctl.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.model import Site, Workload

SLICES, WORKLOADS = "slices", "workloads"
ORDER = ("platform", SLICES, WORKLOADS)
"""Each needs what those before it make; they go in reverse."""


def stack_config(site: Site) -> dict[str, dict[str, str]]:
    """Return the content of a Pulumi.<stack>.yaml that fits every project of a site."""
    return {"config": {key: text for program in programs(site) for key, text in program.config.items()}}


def programs(site: Site, secrets: Mapping[str, str] | None = None, key: str = "") -> tuple[Program, ...]:
    """Return the site's programs in order; each gets the whole site as JSON under its config key `site`.

    The workloads' one gets `secrets` (see mecctl.sitefile.SiteFolder) under a key of that name, as a secret, and under
    `versions`, by workload, what changes when they do; `key` keeps that from giving them away.
    """
    text = site.model_dump_json(by_alias=True)
    made = {name: Program(resource("stacks") / name, site.name, {f"{name}:site": text}) for name in ORDER}
    if secrets:
        made[WORKLOADS] = _with_secrets(made[WORKLOADS], site, secrets, key)
    return tuple(made.values())


def _with_secrets(program: Program, site: Site, secrets: Mapping[str, str], key: str) -> Program:
    name, versions = f"{WORKLOADS}:secrets", f"{WORKLOADS}:versions"
    told = {work.name: _version(work, secrets, key) for work in site.workloads if work.secrets}
    more = {name: json.dumps(dict(secrets), sort_keys=True), versions: json.dumps(told, sort_keys=True)}
    return replace(program, config={**program.config, **more}, secrets=frozenset({name}))


def _version(workload: Workload, secrets: Mapping[str, str], key: str) -> str:
    """A hash of a workload's secrets that without `key` says nothing about them, not even to who guesses one."""
    own = {name: secrets[f"{workload.name}/{name}"] for name in sorted(workload.secrets)}
    return hmac.new(key.encode(), json.dumps([workload.name, own]).encode(), hashlib.sha256).hexdigest()[:16]
