"""What a slice asks of the network, by the attributes of GSMA NG.116 (GST), each with its unit."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from mecctl.model.base import Model
from mecctl.model.five_qi import FIVE_QI
from mecctl.model.quantity import BitRate, Duration, PacketSize, format_bit_rate
from mecctl.model.types import fault, shown

Isolation = Literal["none", "tenant", "network-function", "virtual-resource", "physical"]
DataNetworkAccess = Literal["internet", "private-network", "local"]
MissionCriticalCapability = Literal["inter-user-prioritization", "pre-emption", "local-control"]
MissionCriticalService = Literal["mcptt", "mcdata", "mcvideo", "iops", "mc-interworking"]


def _five_qis(value: object) -> tuple[int, ...]:
    listed = tuple(value) if isinstance(value, list | tuple) else (value,)
    allowed = f"one of {', '.join(map(str, sorted(FIVE_QI)))}"
    if not listed:
        raise fault("there is no 5QI", allowed)
    for item in listed:
        if isinstance(item, bool) or not isinstance(item, int) or item not in FIVE_QI:
            raise fault(f"{shown(item)} isn't a known 5QI", allowed)
        if listed.count(item) > 1:
            raise fault(f"5QI {item} comes {listed.count(item)} times", "each 5QI once")
    return listed


def _one_or_more(values: tuple[int, ...]) -> int | list[int]:
    return values[0] if len(values) == 1 else list(values)


_FIVE_QI_SCHEMA: dict[str, Any] = {"type": "integer", "enum": sorted(FIVE_QI)}
FiveQIs = Annotated[
    tuple[int, ...],
    BeforeValidator(_five_qis),
    PlainSerializer(_one_or_more),
    WithJsonSchema(
        {"anyOf": [_FIVE_QI_SCHEMA, {"type": "array", "items": _FIVE_QI_SCHEMA, "minItems": 1, "uniqueItems": True}]}
    ),
]


class Qos(Model):
    """The quality classes of the slice's traffic."""

    five_qis: FiveQIs = Field(
        alias="fiveQI",
        description="5G QoS identifier (3GPP TS 23.501 table 5.7.4-1), or a list; of several, the first served counts.",
    )

    @property
    def five_qi(self) -> int:
        """The 5QI that is served first: the lowest priority level."""
        return min(self.five_qis, key=lambda value: FIVE_QI[value].priority)

    @property
    def priority(self) -> int:
        """The default priority level of the 5QI that is served first, 1 (first) to 127."""
        return FIVE_QI[self.five_qi].priority


class Rate(Model):
    """One direction of a throughput."""

    guaranteed: BitRate | None = Field(None, description="The rate that can always be had.")
    maximum: BitRate | None = Field(None, description="The rate that is never exceeded.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.guaranteed is not None and self.maximum is not None and self.guaranteed > self.maximum:
            low, high = format_bit_rate(self.maximum), format_bit_rate(self.guaranteed)
            raise fault(f"the guaranteed rate {high} is over the maximum {low}", "a maximum at or over the guarantee")
        return self


class Throughput(Model):
    """Rates of each UE, both ways."""

    downlink: Rate | None = Field(None, description="Towards the users: what leaves the slice's pods.")
    uplink: Rate | None = Field(None, description="From the users: what reaches the slice's pods.")


class SliceRate(Rate):
    """One direction of a slice on a node: its pods there together, and each of them."""

    per_pod: BitRate | None = Field(None, description="The rate that no pod of the slice exceeds.")

    @model_validator(mode="after")
    def _pod_within_slice(self) -> Self:
        if self.per_pod is not None and self.maximum is not None and self.per_pod > self.maximum:
            high, low = format_bit_rate(self.per_pod), format_bit_rate(self.maximum)
            raise fault(f"a pod's rate {high} is over the slice's maximum {low}", "at most the maximum")
        return self


class SliceThroughput(Model):
    """Rates of all the slice's traffic on each node, both ways."""

    downlink: SliceRate | None = Field(None, description="Towards the users: what leaves the slice's pods.")
    uplink: SliceRate | None = Field(None, description="From the users: what reaches the slice's pods.")


class LatencyByDirection(Model):
    """The longest one-way delay of a packet, each way."""

    downlink: Duration | None = Field(None, description="Towards the users, for example 10ms.")
    uplink: Duration | None = Field(None, description="From the users, for example 10ms.")


class PacketSizeByDirection(Model):
    """The largest packet, each way."""

    downlink: PacketSize | None = Field(None, description="Towards the users, for example 1500B.")
    uplink: PacketSize | None = Field(None, description="From the users, for example 1500B.")


def _both_ways(value: object) -> object:
    return {"downlink": value, "uplink": value} if isinstance(value, str) else value


Latency = Annotated[LatencyByDirection, BeforeValidator(_both_ways)]
MaxPacketSize = Annotated[PacketSizeByDirection, BeforeValidator(_both_ways)]


class MissionCritical(Model):
    """Whether the slice serves mission-critical communication, and how."""

    supported: bool = Field(description="Whether the slice is mission-critical.")
    capabilities: tuple[MissionCriticalCapability, ...] = Field(
        (), description="inter-user-prioritization, pre-emption, local-control."
    )
    services: tuple[MissionCriticalService, ...] = Field(
        (), description="mcptt, mcdata, mcvideo, iops, mc-interworking."
    )

    @model_validator(mode="after")
    def _only_if_supported(self) -> Self:
        if not self.supported and (self.capabilities or self.services):
            raise fault("has capabilities or services without being mission-critical", "supported: true, or neither")
        return self
