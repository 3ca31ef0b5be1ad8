"""The standardised 5QIs (3GPP TS 23.501 table 5.7.4-1): what a 5G QoS flow of each kind may count on."""

from dataclasses import dataclass
from typing import Literal

ResourceType = Literal["GBR", "Non-GBR", "Delay-critical GBR"]


@dataclass(frozen=True)
class FiveQI:
    """One row: priority 1 (first) to 127, one-way packet delay budget in ms, packet error rate as a fraction.

    `dscp` is the code point (RFC 2474) of its packets: for 1 to 9 that of the QCI of the same number in GSMA IR.34's
    table of QoS parameters, for the others that of the QCI which serves the same kind of traffic.
    """

    value: int
    resource_type: ResourceType
    priority: int
    packet_delay_budget_ms: int
    packet_error_rate: float
    dscp: int


_ROWS: dict[ResourceType, tuple[tuple[int, int, int, float], ...]] = {
    "GBR": (
        (1, 20, 100, 1e-2),
        (2, 40, 150, 1e-3),
        (3, 30, 50, 1e-3),
        (4, 50, 300, 1e-6),
        (65, 7, 75, 1e-2),
        (66, 20, 100, 1e-2),
        (67, 15, 100, 1e-3),
        (71, 56, 150, 1e-6),
        (72, 56, 300, 1e-4),
        (73, 56, 300, 1e-8),
        (74, 56, 500, 1e-8),
        (76, 56, 500, 1e-4),
    ),
    "Non-GBR": (
        (5, 10, 100, 1e-6),
        (6, 60, 300, 1e-6),
        (7, 70, 100, 1e-3),
        (8, 80, 300, 1e-6),
        (9, 90, 300, 1e-6),
        (69, 5, 60, 1e-6),
        (70, 55, 200, 1e-6),
        (79, 65, 50, 1e-2),
        (80, 68, 10, 1e-6),
    ),
    "Delay-critical GBR": (
        (82, 19, 10, 1e-4),
        (83, 22, 10, 1e-4),
        (84, 24, 30, 1e-5),
        (85, 21, 5, 1e-5),
    ),
}

_EF, _AF41, _AF31, _AF32, _AF21, _AF11, _BE = 46, 34, 26, 28, 18, 10, 0
_DSCP = {
    **dict.fromkeys((1, 2, 3, 65, 66, 67, 82, 83, 84, 85), _EF),
    **dict.fromkeys((4, 71, 72, 73, 74, 76), _AF41),
    **dict.fromkeys((5, 69, 80), _AF31),
    6: _AF32,
    **dict.fromkeys((7, 70, 79), _AF21),
    8: _AF11,
    9: _BE,
}

FIVE_QI: dict[int, FiveQI] = {
    value: FiveQI(value, kind, priority, budget, rate, _DSCP[value])
    for kind, rows in _ROWS.items()
    for value, priority, budget, rate in rows
}
"""Every 5QI known here, by its value."""
