"""What a probe of slices can measure by itself."""

from enum import StrEnum


class Part(StrEnum):
    """One kind of promise."""

    isolation = "isolation"
    rates = "rates"
    latency = "latency"
    packets = "packets"
