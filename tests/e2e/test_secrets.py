"""Fifty planted secrets, and every way a run may go: none of them is anywhere but in the cluster's Secret."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.canaries import found_any, git_objects, processes
from tests.support.live import LiveSite, kill_when

pytestmark = pytest.mark.e2e

CACHE = '    - {name: cache, slice: embb, image: "mecctl.io/web:1", replicas: 2, ports: [8080]'
NAMESPACE = "slice-1-0000a1"


def canaries(generation: int) -> dict[str, str]:
    """Name and value of fifty secrets, of which some are such as programs like to escape."""
    ends = ("", '/+"', " ä", "\nsecond line", "=&%")
    return {f"S{n}": f"c4n4ry-{generation}-{n:02}-{os.urandom(6).hex()}{ends[n % 5]}" for n in range(50)}


class Planted:
    """A site whose cache has fifty secrets, forty in the vault and ten in files, and all that its runs have said."""

    def __init__(self, live: LiveSite, around: Path) -> None:
        self.live, self.around = live, around
        self.values: list[str] = []
        self.said: list[str | bytes] = []
        self.files, self.temporary = around / "files", around / "tmp"
        for folder in (self.files, self.temporary):
            folder.mkdir()
        (around / "password").write_text("open sesame\n")
        os.environ |= {"MECCTL_VAULT_PASSWORD_FILE": str(around / "password"), "TMPDIR": str(self.temporary)}
        env = {
            f"S{n}": {"fromSecret": f"S{n}"} if n < 40 else {"fromFile": str(self.files / f"S{n}")} for n in range(50)
        }
        live.edit(CACHE, f"{CACHE}, env: {json.dumps(env)}")

    def plant(self, generation: int) -> None:
        values = canaries(generation)
        self.values += values.values()
        vault = self.live.path / "secrets.yaml"
        for name, value in values.items():
            (self.files / name).write_text(value)
        tool = Path(sys.executable).with_name("ansible-vault")
        text = json.dumps({name: value for name, value in values.items() if int(name[1:]) < 40})
        command: list[str | Path] = [
            tool,
            "encrypt",
            "--vault-password-file",
            self.around / "password",
            "--output",
            vault,
        ]
        subprocess.run(command, input=text.encode(), check=True, capture_output=True)

    def run(self, verb: str, *options: str, code: int = 0) -> str:
        """Run a command as loud as it can be while somebody looks at its processes."""
        process, ended = self.live.start("site", verb, "--verbose", *options), threading.Event()
        watcher = threading.Thread(target=self._watch, args=(process.pid, ended))
        watcher.start()
        out, err = process.communicate(timeout=600)
        ended.set()
        watcher.join()
        self.said += [out, err]
        assert process.returncode == code, out + err
        return out

    def kill(self, says: str) -> None:
        self.said.append(kill_when(self.live.start("site", "up", "--verbose"), says))

    def traces(self) -> list[str]:
        """Return where any value that was ever planted is, outside of the files that it was planted in."""
        subprocess.run(["git", "init", "-q", self.live.path], check=True)
        subprocess.run(["git", "-C", self.live.path, "add", "--all", "--force"], check=True)
        return found_any(self.values, self.live.path, self.temporary, git_objects(self.live.path), *self.said)

    def _watch(self, pid: int, ended: threading.Event) -> None:
        while not ended.wait(0.2):
            self.said += processes([pid]).values()


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    around = tmp_path_factory.mktemp("secrets")
    before = dict(os.environ)
    live = LiveSite(around / "inventories" / "lab")
    try:
        assert live.mecctl("lab", "up", timeout=3000).code == 0
        yield Planted(live, around)
    finally:
        live.stop()
        os.environ.clear()
        os.environ.update(before)


def test_no_run_shows_or_keeps_a_secret_however_it_ends(planted):
    planted.plant(1)
    planted.run("plan")
    planted.run("up", "--yes")
    in_cluster = planted.live.on(
        "edge-1", f"kubectl --kubeconfig /etc/kubernetes/admin.conf -n {NAMESPACE} get secret cache-env -o json"
    )
    assert len({line.split(" as ")[0] for line in found_any(planted.values, in_cluster)}) == 50
    assert planted.traces() == []

    planted.plant(2)
    planted.run("plan", "-o", "json")
    planted.kill("cache-env")
    assert planted.traces() == []
    planted.run("up", "-o", "json")

    planted.plant(3)
    patch = '{"stringData": {"S0": "of another manager"}}'
    planted.live.on(
        "edge-1",
        f"kubectl --kubeconfig /etc/kubernetes/admin.conf -n {NAMESPACE} patch secret cache-env --type merge "
        f"--field-manager scaler -p '{patch}'",
    )
    planted.run("up", code=1)
    assert any("scaler" in str(text) for text in planted.said)
    planted.run("up", "--force-conflicts", "--yes")
    planted.run("down", "--yes")
    assert len(planted.values) == 150
    assert planted.traces() == []
