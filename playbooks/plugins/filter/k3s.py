"""Configurations of K3s, held to the options that its version documents before anything is sent to a node."""

from __future__ import annotations

import json
from typing import Any

import yaml
from ansible.errors import AnsibleFilterError

from mecctl.standards import k3s


def k3s_config(config: dict[str, Any], version: str, role: str) -> dict[str, Any]:
    """Return `config` as it is. Raises AnsibleFilterError for an option that a `role` of `version` doesn't take."""
    faults = [f"{one.what}; {one.allowed}" for one in k3s.refused(_plain(config), version, role)]
    if faults:
        raise AnsibleFilterError("config.yaml of K3s: " + "; ".join(faults))
    return config


def k3s_file(optional: dict[str, Any]) -> dict[str, Any]:
    """Return the file `{path, content, mode}` that holds `{path, data}`, readable by root alone."""
    return {"path": optional["path"], "content": yaml.safe_dump(_plain(optional["data"])), "mode": "0600"}


def _plain(value: Any) -> Any:
    """Take Ansible's marks off a value, which are no part of it and which YAML's safe writer refuses."""
    return json.loads(json.dumps(value))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        """Return the filters by their names."""
        return {"k3s_config": k3s_config, "k3s_file": k3s_file}
