"""Ask a server for what it takes to join, and keep the answer out of every log; a failure stays readable."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    """Runs the module join_secrets on `server`, to which the task must be delegated; fails when there is none."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run it once."""
        super().run(tmp, task_vars)
        given = dict(self._task.args)
        if not given.pop("server"):
            raise AnsibleActionFail("no server of the cluster is up, so this node could only be prepared")
        result: dict[str, Any] = self._execute_module("join_secrets", module_args=given, task_vars=task_vars)
        if not result.get("failed") and not result.get("unreachable"):
            result["_ansible_no_log"] = True
        return result
