"""What the guide says of the files of a state is what a run leaves."""

import re
from pathlib import Path

from mecctl.engine.objects.secrets import Crypter
from mecctl.engine.state import Resource, StackState
from mecctl.engine.state.archive import KEPT
from mecctl.engine.state.backend import FolderBackend

GUIDE = (Path(__file__).parents[2] / "docs/guide/state.md").read_text()


def test_the_layout_is_the_one_of_the_guide(tmp_path):
    crypter = Crypter("pass", b"saltsalt")
    for name in ("a", "b"):
        state = StackState(FolderBackend(tmp_path), "shop", "dev", lambda _: crypter).open()
        state.put(Resource(f"urn:pulumi:dev::shop::t::{name}", "t", custom=False))
        state.close()
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    said = re.findall(r"```tree\n(.*?)```", GUIDE, re.DOTALL)[0].split()
    assert {re.sub(r"\d{19}", "<time>", name) for name in found} == set(said)
    assert f"The last {KEPT} runs" in GUIDE
