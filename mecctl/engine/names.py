"""What the engines are called on the command line and in site files; imports nothing, so that help is quick."""

from __future__ import annotations

from enum import StrEnum


class EngineName(StrEnum):
    """`auto` is `pulumi` where its CLI and its Kubernetes plugin are installed, else `embedded`."""

    auto = "auto"
    embedded = "embedded"
    pulumi = "pulumi"
