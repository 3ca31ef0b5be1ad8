"""Network slices: who they are (S-NSSAI), what they may use and how they are kept apart."""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema, model_validator

from mecctl.model.base import Model
from mecctl.model.five_qi import FIVE_QI
from mecctl.model.quantity import BitRate, Cpu, Memory, format_bit_rate
from mecctl.model.types import Name, fault, shown

Isolation = Literal["none", "tenant"]
_NO_SD = "ffffff"


def _sd(value: object) -> str | None:
    allowed = 'six hex digits in quotes, for example sd: "0000a1"'
    if value is None:
        return None
    if not isinstance(value, str):
        raise fault("this reads as a number, not as text, and a number loses digits: quote it", allowed)
    digits = value.lower().removeprefix("0x")
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        raise fault(f"{shown(value)} isn't a slice differentiator", allowed)
    return None if digits == _NO_SD else digits


def _five_qi(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in FIVE_QI:
        raise fault(f"{shown(value)} isn't a known 5QI", f"one of {', '.join(map(str, sorted(FIVE_QI)))}")
    return value


FiveQIValue = Annotated[int, BeforeValidator(_five_qi), WithJsonSchema({"type": "integer", "enum": sorted(FIVE_QI)})]
Sd = Annotated[
    str | None,
    BeforeValidator(_sd),
    WithJsonSchema({"type": ["string", "null"], "pattern": "^(0x)?[0-9A-Fa-f]{6}$", "examples": ["0000a1"]}),
]


class Snssai(Model):
    """The identity of a network slice (3GPP TS 23.003 clause 28.4, TS 29.571 Snssai)."""

    sst: Annotated[int, Strict(), Field(ge=0, le=255)] = Field(
        description="Slice/service type 0 to 255: 1 eMBB, 2 URLLC, 3 MIoT, 4 V2X, 5 HMTC; from 128 the operator's own."
    )
    sd: Sd = Field(None, description="Slice differentiator: six hex digits in quotes; ffffff is the same as none.")

    def __str__(self) -> str:
        return str(self.sst) if self.sd is None else f"{self.sst}-{self.sd}"


class Qos(Model):
    """The quality class of the slice's traffic."""

    five_qi: FiveQIValue = Field(alias="fiveQI", description="5G QoS identifier (3GPP TS 23.501 table 5.7.4-1).")

    @property
    def priority(self) -> int:
        """The 5QI's default priority level, 1 (first) to 127."""
        return FIVE_QI[self.five_qi].priority


class Quota(Model):
    """The most that all pods of the slice together may use on the site."""

    cpu: Cpu | None = Field(None, description="CPU in cores or millicores, for example 2 or 500m.")
    memory: Memory | None = Field(None, description="Memory with its unit, for example 2Gi.")
    pods: Annotated[int, Strict(), Field(ge=1)] | None = Field(None, description="Number of pods.")


class Rate(Model):
    """One direction of a slice's throughput."""

    guaranteed: BitRate | None = Field(None, description="The rate the slice can always have.")
    maximum: BitRate | None = Field(None, description="The rate the slice never exceeds.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.guaranteed is not None and self.maximum is not None and self.guaranteed > self.maximum:
            low, high = format_bit_rate(self.maximum), format_bit_rate(self.guaranteed)
            raise fault(f"the guaranteed rate {high} is over the maximum {low}", "a maximum at or over the guarantee")
        return self


class Throughput(Model):
    """The slice's rates on the site, all its traffic together."""

    downlink: Rate | None = Field(None, description="Towards the users: what leaves the slice's pods.")
    uplink: Rate | None = Field(None, description="From the users: what reaches the slice's pods.")


class Slice(Model):
    """One network slice; on the cluster it is a namespace that only its own traffic reaches."""

    name: Name = Field(description="What the site file calls the slice.")
    snssai: Snssai = Field(description="The slice's identity in the 5G network; no two slices share one.")
    qos: Qos | None = Field(None, description="The quality class of the slice's traffic; decides who is served first.")
    isolation: Isolation = Field(
        "tenant", description="none: traffic is kept apart; tenant: also quota and limits for what the slice uses."
    )
    quota: Quota | None = Field(None, description="The most that the slice may use on the site.")
    throughput: Throughput | None = Field(None, description="The slice's rates on the site.")
    annotations: dict[str, str] = Field(
        default_factory=dict, description="What a NEST says about the slice, for its namespace (mec.io/...)."
    )

    @property
    def namespace(self) -> str:
        """The slice's Kubernetes namespace: `slice-` and the S-NSSAI."""
        return f"slice-{self.snssai}"
