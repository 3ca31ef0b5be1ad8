"""The lab's rules: nodes answer the host, and reach nothing of it or through it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mecctl.lab.names import table_prefix
from mecctl.process import run

if TYPE_CHECKING:
    from mecctl.lab.names import Names

_TIMEOUT = 30.0
# `add` and `delete` before the table itself make the swap one transaction, whether it was there or not (nft(8)).
_RULES = """\
add table inet {table}
delete table inet {table}
table inet {table} {{
  chain input {{
    type filter hook input priority filter; policy accept;
    iifname "{link}" ct state established,related accept
    iifname "{link}" meta l4proto tcp reject with tcp reset
    iifname "{link}" reject with icmpx port-unreachable
  }}
  chain forward {{
    type filter hook forward priority filter; policy accept;
    iifname "{link}" reject with icmpx admin-prohibited
    oifname "{link}" reject with icmpx admin-prohibited
  }}
}}
"""


def rules(names: Names) -> str:
    """Return the lab's table as an nft script that replaces it whole."""
    return _RULES.format(table=names.table, link=names.link)


def ensure(names: Names) -> None:
    """Put the rules in place in one step; raises CommandError when nftables refuses them."""
    for table in tables(names.id):
        if table != names.table:
            _delete(table)
    run(["nft", "-f", "-"], stdin=rules(names), timeout=_TIMEOUT)


def tables(lab_id: str) -> tuple[str, ...]:
    """Return the names of the lab's tables."""
    listed = json.loads(run(["nft", "--json", "list", "tables"], timeout=_TIMEOUT).stdout)
    found = [row["table"] for row in listed["nftables"] if "table" in row]
    return tuple(
        one["name"] for one in found if one["family"] == "inet" and one["name"].startswith(table_prefix(lab_id))
    )


def remove(lab_id: str) -> None:
    """Remove the lab's tables."""
    for table in tables(lab_id):
        _delete(table)


def _delete(table: str) -> None:
    run(["nft", "delete", "table", "inet", table], timeout=_TIMEOUT)
