"""Which Pulumi programs make a site's API objects, in which order, with which config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.engine.project.program import Program
from mecctl.resources import resource

if TYPE_CHECKING:
    from mecctl.model import Site

SLICES = "slices"
ORDER = ("platform", SLICES, "workloads")
"""Each needs what those before it make; they go in reverse."""


def stack_config(site: Site) -> dict[str, dict[str, str]]:
    """Return the content of a Pulumi.<stack>.yaml that fits every project of a site."""
    return {"config": {key: text for program in programs(site) for key, text in program.config.items()}}


def programs(site: Site) -> tuple[Program, ...]:
    """Return the site's programs in order; each gets the whole site as JSON under its config key `site`."""
    text = site.model_dump_json(by_alias=True)
    return tuple(Program(resource("stacks") / name, site.name, {f"{name}:site": text}) for name in ORDER)
