"""S-NSSAIs as other software writes them."""

from __future__ import annotations

from mecctl.model import Snssai


def from_parts(sst: object, sd: object) -> Snssai:
    """Return the S-NSSAI of JSON values as core networks write them: sst 1 or "01"; sd "0000a1", "0x0000a1" or none.

    Raises ValueError; a number as sd is refused, for 10203 may be 010203, 0x27db or a lost leading zero.
    """
    number = int(sst) if isinstance(sst, str) and sst.isascii() and sst.isdigit() and len(sst) <= 3 else sst
    return Snssai.model_validate({"sst": number, "sd": sd})
