"""The forms of a NEST that are written, by the names the command line has for them."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """GSMA GST in TMF633 form, Katana's NEST, 3GPP TS 28.541 ServiceProfile."""

    gst = "gst"
    katana = "katana"
    serviceprofile = "serviceprofile"
