import getpass
import grp
import os

import ansible.module_utils
import pytest
from ansible.plugins.loader import action_loader, filter_loader, init_plugin_loader

from mecctl.resources import resource

# What Ansible sends to a node along with a module is found under its own package.
ansible.module_utils.__path__.append(str(resource("playbooks") / "module_utils"))

from ansible.module_utils.mecctl.item import Context  # noqa: E402
from ansible.module_utils.mecctl.signatures import Signatures  # noqa: E402

ME = {"owner": getpass.getuser(), "group": grp.getgrgid(os.getgid()).gr_name}


@pytest.fixture(scope="session")
def plugins():
    """Ansible's plugins and the playbooks' own; loaded once, for Ansible warns of a second time."""
    init_plugin_loader([])
    action_loader.add_directory(str(resource("playbooks") / "plugins" / "action"))
    filter_loader.add_directory(str(resource("playbooks") / "plugins" / "filter"))


@pytest.fixture
def context(tmp_path):
    store = tmp_path / "store"
    (store / "artifacts").mkdir(parents=True)
    (store / "seed").mkdir()
    return Context(Signatures(store / "signatures.json"), store)


@pytest.fixture
def me():
    """Owner and group as a state declares them, for tests that aren't run by root."""
    return ME
