"""Waits until an object that was applied does its work, by watching it, and says why when it doesn't.

Annotations of pulumi-kubernetes are honoured: `pulumi.com/skipAwait`, `waitFor`, `timeoutSeconds` and
`deletionPropagationPolicy`.
"""

from __future__ import annotations

from mecctl.engine.readiness.hints import check, deletion, timeout
from mecctl.engine.readiness.rules import judge, needed
from mecctl.engine.readiness.wait import wait

__all__ = ["check", "deletion", "judge", "needed", "timeout", "wait"]
