"""Run one part of a rotation, and keep what it was given and returns out of every log; a failure stays readable."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    """Runs the module renew."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run it once."""
        super().run(tmp, task_vars)
        result: dict[str, Any] = self._execute_module("renew", module_args=dict(self._task.args), task_vars=task_vars)
        result.pop("invocation", None)
        if result.get("secrets"):
            result["_ansible_no_log"] = True
        return result
