"""What everything of one lab is called, so that labs live beside each other and a dead one is found again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LABEL = "io.mecctl.lab"
"""Label of containers and volumes; its value is the lab's id."""

_ALIAS = "mecctl lab"
_LONGEST_ALIAS = 256  # bytes with the closing zero, IFALIASZ of linux/if.h


@dataclass(frozen=True)
class Names:
    """The names of the lab of the site called `site` in `folder`.

    The id is made of the folder's absolute path: two sites of one name in two folders have two labs.
    """

    site: str
    folder: Path

    @property
    def id(self) -> str:
        """Eight hex digits that stand for the site's folder."""
        return hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:8]

    @property
    def lab(self) -> str:
        """The lab's own network namespace, where its bridge is."""
        return f"mec-{self.site}-{self.id}"

    def node(self, name: str) -> str:
        """A node's container, volume and network namespace."""
        return f"{self.lab}-{name}"

    @property
    def link(self) -> str:
        """The host's one interface into the lab; at most 15 characters, the kernel's limit."""
        return link_of(self.id)

    @property
    def table(self) -> str:
        """The lab's nftables table, of family inet."""
        return f"{table_prefix(self.id)}{self.site.replace('-', '_')}"

    @property
    def alias(self) -> str:
        """What the host's interface says about whose it is; without the folder where it is too long for an alias."""
        whole = f"{_ALIAS} {self.id} {self.folder.resolve()}"
        return whole if len(whole.encode()) < _LONGEST_ALIAS else f"{_ALIAS} {self.id}"


def link_of(lab_id: str) -> str:
    """Return the name of the host's interface into the lab `lab_id`."""
    return f"mec-{lab_id}"


def table_prefix(lab_id: str) -> str:
    """Return what the name of the lab's nftables table begins with."""
    return f"mecctl_{lab_id}_"


def is_namespace_of(lab_id: str, namespace: str) -> bool:
    """Say whether a network namespace is the lab's, whatever the site was called when it was made."""
    return namespace.startswith("mec-") and f"-{lab_id}" in namespace


def owner(alias: str) -> tuple[str | None, str | None]:
    """Return the id and the site folder of the lab that an interface alias names; None for what it doesn't."""
    words = alias.split(" ", 3)
    if len(words) < 3 or " ".join(words[:2]) != _ALIAS:
        return None, None
    return words[2], words[3] if len(words) == 4 else None
