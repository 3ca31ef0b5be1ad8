"""What docs/guide/k3s.md shows is taken, and the files that it names are those that the roles write."""

import json
import re
from pathlib import Path

import yaml

from mecctl.sitefile import load
from mecctl.standards import k3s

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/k3s.md").read_text()


def test_the_example_is_a_site(tmp_path):
    (snippet,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    site = {
        "apiVersion": "mecctl/v1",
        "kind": "Site",
        "metadata": {"name": "street"},
        "spec": {
            "access": {"privateKey": "keys/id"},
            "nodes": [
                {"name": f"n{i}", "address": f"10.20.30.{i}", "roles": ["server"], "arch": "arm"} for i in (1, 2, 3)
            ],
            **yaml.safe_load(snippet),
        },
    }
    (tmp_path / "keys").mkdir()
    for name, text in (("k3s-server", "0" * 64), ("k3s-agent", "1" * 64)):
        (tmp_path / "keys" / name).write_text(text)
        (tmp_path / "keys" / name).chmod(0o600)
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(site))

    assert load(tmp_path).warnings == ()


def test_the_files_are_those_that_the_roles_write():
    golden = ROOT / "tests/playbooks/data/k3s_server.k3s-to-the-letter.json"
    written = [file["path"] for file in json.loads(golden.read_text())["files"]]

    named = [path for path in written if path in GUIDE or path == "/etc/rancher/k3s/agent-token"]

    assert [path for path in written if path not in named] == ["/etc/rancher/k3s/flannel.conflist"]


def test_the_minors_are_the_tables():
    assert f"v1.{k3s.MINORS[0]} to v1.{k3s.MINORS[-1]}" in GUIDE
