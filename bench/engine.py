"""The engine beside `kubectl apply --server-side`: the same objects, the same API server, in turn.

First `up`, and `up` with nothing to do, which looks at every live object. kubectl is of the API server's own version,
its discovery cache is warm, and its objects are in one YAML file. Goals, mecctl in kubectls: 52 objects first <= 1.0,
again <= 0.8; 1,000 first <= 1.2; 150 again within 2.5 s of wall.
Usage: python -m bench.engine [rounds] [sizes...]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.measure import interleaved, report
from bench.teams_runs import Teams
from tests.support.apiserver import ApiServer, running


def compare(api: ApiServer, size: int, rounds: int) -> None:
    teams = Teams(api, size)
    tools = {"kubectl": lambda: teams.kubectl() and None, "mecctl": lambda: teams.mecctl() and None}
    report(f"{size} objects, first", interleaved(tools, rounds=rounds, before=teams.fresh))
    teams.fresh()
    for apply in tools.values():
        apply()
    report(f"{size} objects, again", interleaved(tools, rounds=rounds))


def main(rounds: int = 5, *sizes: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as api:
        for size in sizes or (52, 150, 1000):
            compare(api, size, rounds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
