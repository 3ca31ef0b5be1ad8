"""Slices that ask for anything a slice can ask for, the same ones in every run."""

from __future__ import annotations

import random
from typing import Any, get_args

from mecctl.model import FIVE_QI, DataNetworkAccess, Isolation, MissionCriticalCapability, MissionCriticalService

_UNITS = ("bps", "Kbps", "Mbps", "Gbps")


def some_slice(seed: int) -> dict[str, Any]:
    """Return a slice as a site file has it; each of its fields is there or not."""
    chance = random.Random(seed)  # noqa: S311
    makers = {
        "qos": lambda: {"fiveQI": _some(chance, sorted(FIVE_QI), 3)},
        "isolation": lambda: chance.choice(get_args(Isolation)),
        "throughput": lambda: _throughput(chance),
        "ueThroughput": lambda: _throughput(chance),
        "latency": lambda: _both_ways(chance, lambda: f"{chance.randint(1, 999)}{chance.choice(['us', 'ms', 'ns'])}"),
        "maxPacketSize": lambda: _both_ways(chance, lambda: f"{chance.randint(1, 65535)}B"),
        "maxUEs": lambda: chance.randint(1, 10**6),
        "maxPDUSessions": lambda: chance.randint(1, 10**6),
        "availability": lambda: chance.choice(["95%", "99.9%", "99.999%", "100%", "0.1%"]),
        "missionCritical": lambda: _mission_critical(chance),
        "coverage": lambda: _some(chance, ["DE", "FR", "Minilab", "Halle 3", "Köln"], 3, always_list=True),
        "dataNetworkAccess": lambda: _some(chance, get_args(DataNetworkAccess), 3, always_list=True),
    }
    wanted = {key: make() for key, make in makers.items() if chance.random() < 0.6}
    sd = {"sd": f"{chance.randrange(0xFFFFFF):06x}"} if chance.random() < 0.7 else {}
    return {"name": f"s-{seed}", "snssai": {"sst": chance.randint(0, 255), **sd}, **wanted}


def _some(chance: random.Random, values: Any, most: int, *, always_list: bool = False) -> Any:
    found = chance.sample(list(values), chance.randint(1, most))
    return found if always_list or len(found) > 1 else found[0]


def _throughput(chance: random.Random) -> dict[str, Any]:
    ways = _some(chance, ["downlink", "uplink"], 2, always_list=True)
    return {way: _rate(chance) for way in ways}


def _rate(chance: random.Random) -> dict[str, str]:
    low = chance.randint(0, 999)
    high, unit = low + chance.randint(0, 500), chance.choice(_UNITS)
    both = {"guaranteed": f"{low}{unit}", "maximum": f"{high}{unit}"}
    return {key: both[key] for key in _some(chance, ["guaranteed", "maximum"], 2, always_list=True)}


def _both_ways(chance: random.Random, make: Any) -> Any:
    one = make()
    return chance.choice([one, {"downlink": one}, {"uplink": one}, {"downlink": one, "uplink": make()}])


def _mission_critical(chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.3:
        return {"supported": False}
    found: dict[str, Any] = {"supported": True}
    if chance.random() < 0.7:
        found["capabilities"] = _some(chance, get_args(MissionCriticalCapability), 3, always_list=True)
    if chance.random() < 0.7:
        found["services"] = _some(chance, get_args(MissionCriticalService), 5, always_list=True)
    return found
