"""The guide's command prints what the guide says, its site file is one, and its names are the code's.

Its table of roles is tried against a real API by tests/cluster/test_tenants.py and tests/e2e/test_tenants.py.
"""

import re
import shlex
import shutil
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import yaml

from mecctl.cli.app import run
from mecctl.cluster.certificate import Issued
from mecctl.model import TENANT_ROLES, Oidc, cluster_role, tenant_group
from stacks.components.admission import POLICIES
from tests.support.tenants import GUIDE

ROOT = Path(__file__).parents[2]
(COMMAND,) = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
(SAID,) = re.findall(r"```\n```\n(.*?)```", GUIDE, re.DOTALL)
(SITE,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
ADMIN = {
    "clusters": [{"name": "lab", "cluster": {"server": "https://x", "certificate-authority-data": "Y2E="}}],
    "contexts": [{"name": "admin", "context": {"cluster": "lab"}}],
    "current-context": "admin",
}


def test_the_command_of_the_guide(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "inventories/lab"
    shutil.copytree(ROOT / "inventories/lab", folder, ignore=shutil.ignore_patterns(".mecctl"))
    (folder / ".mecctl").mkdir()
    (folder / ".mecctl/kubeconfig").write_text(yaml.safe_dump(ADMIN))
    monkeypatch.chdir(tmp_path)
    issued = Issued(b"certificate", b"key", datetime(2026, 11, 26, 4, 0, tzinfo=UTC))
    monkeypatch.setattr("mecctl.cluster.health.connect", lambda *_: nullcontext())
    monkeypatch.setattr("mecctl.cluster.tenants._bound", lambda *_: None)
    monkeypatch.setattr("mecctl.cluster.tenants.issue", lambda *_: issued)
    monkeypatch.setattr("mecctl.cluster.tenants.secrets.token_hex", lambda size: "5eed" * (size // 2))

    assert run(shlex.split(COMMAND)[1:]) == 0
    assert capsys.readouterr().out.replace(f"{tmp_path}/", "") == SAID
    assert (folder / ".mecctl/tenants/embb-deployer.kubeconfig").stat().st_mode & 0o777 == 0o600


def test_the_site_file_of_the_guide():
    oidc = Oidc.model_validate(yaml.safe_load(SITE)["kubernetes"]["oidc"])

    assert oidc.admin_groups == ("mec-operators",)
    told = yaml.safe_load(SITE.replace("# the default", "#"))["kubernetes"]["oidc"]
    defaults = Oidc.model_validate({key: told[key] for key in ("issuer", "clientID")})
    assert {key for key, value in told.items() if defaults.model_dump(by_alias=True)[key] == value} == {
        line.partition(":")[0].strip() for line in SITE.splitlines() if "# the default" in line
    } | {"issuer", "clientID"}


def test_what_the_guide_says_of_the_code():
    told = [
        *(f"`{cluster_role(role)}`" for role in TENANT_ROLES),
        f"`{tenant_group('slice-1-0000a1', 'deployer')}`",
        *(f"`mecctl-slice-{resource}`" for resource in POLICIES),
    ]
    assert [one for one in told if one not in GUIDE] == []
