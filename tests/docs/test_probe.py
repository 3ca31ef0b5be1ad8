"""The guide's command prints what the guide says it prints, and its figures are the code's."""

import re
import shlex
import shutil
from contextlib import nullcontext
from pathlib import Path

from mecctl.cli.app import run
from mecctl.model import images
from mecctl.plan.check import Check
from mecctl.probe import actors, crossings, flows, rates
from mecctl.probe.part import Part
from mecctl.probe.slices import Probed

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/probe.md").read_text()
(COMMAND,) = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
(SAID,) = re.findall(r"```\n```\n(.*?)```", GUIDE, re.DOTALL)
PATH = "edge-2 - edge-1"


def rate(name: str, what: str, declared: str, measured: str, *, ok: bool = True) -> Check:
    return Check("rate", name, f"downlink {what}, {PATH}", declared, measured, "Mbps", ok)


CHECKS = (
    rate("embb", "alone, maximum", "100", "99.2"),
    rate("embb", "with all slices, guaranteed", "50", "98.7"),
    rate("embb", "with all slices, maximum", "100", "99.3"),
    rate("urllc", "alone, maximum", "20", "41.7", ok=False),
)


def test_the_command_of_the_guide(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "inventories/lab", tmp_path / "inventories/lab", ignore=shutil.ignore_patterns(".mecctl"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mecctl.cluster.health.connect", lambda *_: nullcontext())
    monkeypatch.setattr("mecctl.probe.slices.probe", lambda *_: Probed(CHECKS))

    assert run(shlex.split(COMMAND)[1:]) == 1
    assert capsys.readouterr().out == SAID
    assert (tmp_path / "rates.svg").exists()


def test_what_the_guide_says_of_the_code():
    told = [
        *(f"`--only {part}`" for part in Part),
        f"`{images.PYTHON}`",
        f"`{images.LAB_PYTHON}`",
        f"`{actors.NAMESPACE}`",
        f"outside of the site: {crossings.OUTSIDE} ",
        f"between {rates.LOW} and {rates.HIGH} of the maximum",
        f"at least {rates.HELD} of",
    ]
    assert [one for one in told if one not in GUIDE] == []
    assert flows.OFFER == 2
