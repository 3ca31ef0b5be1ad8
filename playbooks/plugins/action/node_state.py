"""Gather what roles declare, have the node brought to it in one execution, and push the artifacts it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

ROLES = Path(__file__).resolve().parents[2] / "roles"


class ActionModule(ActionBase):  # type: ignore[misc]
    """Runs the module node_state with `states`, and with the states that `roles` declare.

    A role declares in `<role>_state` in its vars/main.yml, from its defaults and templates. `artifacts` maps the
    sha256 of each artifact to the file that holds it here, `secret_files` a secret's name to
    the file that does. The result's `executions` counts the module's runs.
    """

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run once, and once more if artifacts had to be pushed first."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        given = dict(self._task.args)
        artifacts = given.pop("artifacts", {})
        secrets = {name: Path(path).read_text().strip() for name, path in given.pop("secret_files", {}).items()}
        states = [self._declared(role, variables) for role in given.pop("roles", [])]
        own = {"user": self._user(), "name": variables["inventory_hostname"]}
        arguments = {**given, **own, "states": states + given.get("states", [])}
        arguments["secrets"] = {**given.get("secrets", {}), **secrets}
        result = self._once(arguments, variables)
        if result.get("missing"):
            for sha256 in result["missing"]:
                self._push(sha256, artifacts, result["inbox"])
            result = {**self._once(arguments, variables), "executions": 2}
            if result.get("missing"):
                raise AnsibleActionFail(f"the node doesn't keep the artifacts it is sent: {result['missing']}")
        return {"executions": 1, **result}

    def _once(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module("node_state", module_args=arguments, task_vars=variables)
        result.pop("invocation", None)
        return result

    def _user(self) -> str:
        return str(self._connection.get_option("remote_user") or "root")

    def _push(self, sha256: str, artifacts: dict[str, str], inbox: str) -> None:
        if sha256 not in artifacts:
            raise AnsibleActionFail(f"the node needs the artifact {sha256}, and nobody said which file that is")
        self._connection.put_file(artifacts[sha256], f"{inbox}/{sha256}")

    def _declared(self, role: str, variables: dict[str, Any]) -> dict[str, Any]:
        # A template is given a copy of all that is known, so what no role reads costs time at every one of them.
        read = ("site_", "node_", "inventory_hostname", "ansible_port", f"{role}_")
        given = {name: value for name, value in variables.items() if name.startswith(read) and name != "node_artifacts"}
        known = {**self._load(role, "defaults"), **given, **self._load(role, "vars")}
        known["role_path"] = str(ROLES / role)
        known["ansible_search_path"] = [known["role_path"], *variables.get("ansible_search_path", [])]
        templar = self._templar.copy_with_new_env(available_variables=known)
        options = self._load(role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
        values = {name: templar.resolve_variable_expression(name) for name in options if name in known}
        checked = ArgumentSpecValidator(options).validate(values)
        if checked.error_messages:
            raise AnsibleActionFail(f"role {role}: {'; '.join(checked.error_messages)}")
        state: dict[str, Any] = templar.resolve_variable_expression(f"{role}_state")
        return state

    def _load(self, role: str, folder: str, name: str = "main.yml") -> dict[str, Any]:
        path = ROLES / role / folder / name
        if not path.exists():
            return {}
        return self._loader.load_from_file(str(path), trusted_as_template=True) or {}
