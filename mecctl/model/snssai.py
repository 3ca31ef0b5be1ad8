"""The identity of a network slice, exactly as 3GPP has it."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema

from mecctl.model.base import Model
from mecctl.model.types import fault, shown

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
