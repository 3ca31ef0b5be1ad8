"""The guide's commands are run as they stand, on a real API."""

import os
import re
import sys
from pathlib import Path

import pytest

from mecctl.process import run

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/engine.md").read_text()
AFTER_A_DELETE = "refresh . --dry-run"


def blocks(head: str) -> list[str]:
    return re.findall(rf"```{re.escape(head)}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.e2e
def test_the_commands_of_the_guide(tmp_path, api_server):
    for head in ("yaml Pulumi.yaml", "python __main__.py"):
        (tmp_path / head.split()[1]).write_text(blocks(head)[0])
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "KUBECONFIG": str(api_server.kubeconfig),
    }
    said = ""
    with api_server.client() as client:
        for block in blocks("sh run"):
            if AFTER_A_DELETE in block:
                (page,) = [one for one in client.list("v1", "ConfigMap", "guide-shop") if "text" in one["data"]]
                client.delete(page)
            done = run(["bash", "-euc", block], cwd=tmp_path, env=environment)
            said += done.stdout
    for told in ("shop/dev: 2 to create", "2 created", '~ data.text: "hello" → "hi"', "1 deleted", "2 deleted"):
        assert told in said, said
    assert (tmp_path / "kept.json").exists()
