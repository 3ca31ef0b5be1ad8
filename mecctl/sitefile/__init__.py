"""Read a site folder: site.yaml and the files it names, every fault told at once with file, line and field."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from mecctl.document import FIX, parse, read_text
from mecctl.errors import InputError, Problem
from mecctl.model import Site
from mecctl.sitefile import (
    appds,
    checks_assurance,
    checks_cluster,
    checks_discovery,
    checks_k3s,
    checks_machines,
    checks_mobility,
    checks_oidc,
    checks_placement,
    checks_quotas,
    checks_rates,
    checks_secrets,
    checks_services,
    checks_slices,
    checks_workloads,
    faults,
    nests,
    unbuilt,
    vault,
)
from mecctl.sitefile.sources import Sources
from mecctl.sitefile.view import view

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mecctl.document import Place
    from mecctl.sitefile.unbuilt import Refusal

SITE_FILE = "site.yaml"
STATE = ".mecctl"
CHECKS = (
    *checks_cluster.CHECKS,
    *checks_k3s.CHECKS,
    *checks_slices.CHECKS,
    *checks_discovery.CHECKS,
    *checks_workloads.CHECKS,
    *checks_services.CHECKS,
    *checks_machines.CHECKS,
    *checks_mobility.CHECKS,
    *checks_placement.CHECKS,
    *checks_assurance.CHECKS,
    *checks_quotas.CHECKS,
    *checks_rates.CHECKS,
)
"""Every check across fields."""


@dataclass(frozen=True)
class SiteFolder:
    """A site and the folder it stands in; `warnings` say what is read but not enforced.

    `secrets` are the values that the site file refers to, by workload and variable (`cache/DB_PASSWORD`) or path, once
    mecctl.sitefile.secrets has read them; they are in no file that mecctl writes.
    """

    path: Path
    site: Site
    warnings: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def state(self) -> Path:
        """The folder of the site's state: stack state, host keys, lock, kubeconfig."""
        return self.path / STATE

    def resolve(self, relative: str) -> Path:
        """Return the path of a file that the site file names, relative to the site's folder; `~` is the home."""
        return self.path / Path(relative).expanduser()


def load(reference: str | Path, inventories: Path = Path("inventories")) -> SiteFolder:
    """Read the site whose folder is `reference`, or whose name under `inventories` it is.

    Raises InputError with every problem found, sorted by file and line; nothing but the folder's files is touched.
    """
    folder = _find(reference, inventories)
    shown = f"{folder}/{SITE_FILE}"
    document, problems = parse(read_text(folder / SITE_FILE, shown, FIX), shown)
    problems += vault.problems(folder)
    problems += checks_oidc.authority(document, folder)
    problems += checks_k3s.tokens(document, folder)
    refusals = tuple(unbuilt.refusals(document.data))
    problems += [document.problem(refusal.place, refusal.row.what, refusal.row.instead) for refusal in refusals]
    merge = nests.Merge(document, folder)
    descriptors = appds.Merge(document, folder)
    sources = Sources(document, folder)
    data = sources.data(descriptors.data(merge.data()))
    problems += [*merge.problems, *descriptors.problems, *sources.problems]
    problems += [document.problem(one.place, one.what, one.allowed) for one in checks_secrets.clear(data)]
    site = None
    try:
        site = Site.model_validate(data)
    except ValidationError as error:
        explained = {*_explained(refusals), *merge.explained, *descriptors.explained, *sources.explained}
        problems += [found for place, found in faults.problems(error, document) if not _within(place, explained)]
    valid = view(data, site)
    for check in CHECKS:
        problems += [document.problem(found.place, found.what, found.allowed) for found in check(valid)]
    if problems or site is None:
        raise InputError(_sorted(problems, shown))
    told = (*merge.warnings, *descriptors.warnings)
    return SiteFolder(folder.resolve(), site, (*told, *checks_cluster.warnings(site), *checks_rates.warnings(site)))


def _find(reference: str | Path, inventories: Path) -> Path:
    """Return the site's folder: `reference` (a folder or its site.yaml), else the name under `inventories`."""
    given = Path(reference)
    if given.name == SITE_FILE and given.is_file():
        return given.parent
    places = [given] if given.is_absolute() else [given, inventories / given]
    for place in places:
        if (place / SITE_FILE).is_file():
            return place
    looked = " and ".join(f"{place}/{SITE_FILE}" for place in places)
    allowed = "a site's folder, or its name under inventories/; `mecctl init NAME` writes a new one"
    raise InputError([Problem(str(reference), None, "", f"there is no such site: looked for {looked}", allowed)])


def _explained(refusals: Iterable[Refusal]) -> Iterator[Place]:
    """Yield the fields that a refusal has told all about: itself, and the one it stands in for."""
    for refusal in refusals:
        yield refusal.place
        if refusal.row.replaces:
            yield (*refusal.place[:-1], refusal.row.replaces)


def _within(place: Place, explained: Iterable[Place]) -> bool:
    return any(place[: len(around)] == around for around in explained)


def _sorted(problems: Iterable[Problem], first: str) -> list[Problem]:
    """Order by line, the site file before the files it names, each problem once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.file != first, problem.file, problem.line or 0))
