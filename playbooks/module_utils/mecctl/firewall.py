"""The node's packet filter: tried first, and kept only once somebody has come in anew by SSH."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.mecctl import files
from ansible.module_utils.mecctl.command import run
from ansible.module_utils.mecctl.item import Item, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible.module_utils.mecctl.item import Context

SUBJECT = "packet filter inet mecctl"
KEPT = Path("/etc/mecctl/firewall.nft")
SEEN = KEPT.with_name("firewall.nft.seen")
TOOL = Path("/usr/local/sbin/mecctl-firewall")
TRIAL = Path("/run/mecctl-firewall")
ON_TRIAL = TRIAL / "before.nft"
UNIT = Path("/etc/systemd/system/mecctl-firewall.service")
BOOT = UNIT.parent / "sysinit.target.wants" / UNIT.name


def plan_firewall(declared: dict[str, Any], context: Context) -> Iterator[Item]:
    """`{ruleset, seconds}`: the table `inet mecctl` as it is to be; an empty ruleset stands for none.

    A new ruleset is on trial: `context.trial` says for how many `seconds`, after which the node undoes it unless
    `mecctl-firewall keep` was run. It is in order when it is what is loaded at boot, and when the kernel shows what it
    showed when it was kept: that tells every change by hand.
    """
    ruleset = declared["ruleset"]
    if not ruleset:
        if there():
            yield Item(SUBJECT, "delete", "isn't wanted", remove)
        return
    before = KEPT.read_text() if KEPT.exists() else None
    if reason := _differs(ruleset, before):
        diff = {"header": str(KEPT), "before": before or "", "after": ruleset}
        action = "create" if before is None else "update"
        yield Item(SUBJECT, action, reason, partial(_try, ruleset, declared["seconds"], context), diff)


def remove() -> None:
    """Take the filter away: the table, the unit that loads it at boot, and what they are made of."""
    run(["systemctl", "stop", "mecctl-firewall-undo.timer"], check=False)
    run(["systemctl", "disable", "--now", UNIT.name], check=False)
    run(["nft", "--file", "-"], stdin="table inet mecctl\ndelete table inet mecctl\n")
    for path in (TRIAL, KEPT, SEEN, UNIT, TOOL):
        files.remove(path)


def there() -> bool:
    """Whether there is a filter to take away."""
    return any(path.exists() for path in (TRIAL, KEPT, UNIT, TOOL))


def _differs(ruleset: str, before: str | None) -> str:
    if before is None:
        return "isn't there"
    if before != ruleset:
        return "its content differs"
    if ON_TRIAL.exists():
        return "is on trial, and nobody kept it yet"
    if not BOOT.exists():
        return "isn't loaded at boot"
    return "" if _seen() == _remembered() else "isn't what was loaded: somebody changed it"


def _try(ruleset: str, seconds: int, context: Context) -> None:
    tried = run([str(TOOL), "try", str(seconds)], stdin=ruleset, check=False)
    if tried.code:
        why = tried.err.strip() or tried.last
        raise NodeError("the packet filter could not be loaded; what was there stays", where=SUBJECT, why=why)
    context.trial = seconds


def _remembered() -> str | None:
    """The table as it was when it was kept."""
    return SEEN.read_text() if SEEN.exists() else None


def _seen() -> str:
    """The table as the kernel has it, in nft's own order; empty where there is none."""
    return run(["nft", "--stateless", "list", "table", "inet", "mecctl"], check=False).out
