import pytest

from mecctl.artifacts.sbom.software import Package
from mecctl.errors import MecctlError, UnreachableError
from mecctl.nodes import software
from mecctl.nodes.ssh import Answer

SAID = f"""\
arch=x86_64
distro=debian-12
package=libc6 2.36-9+deb12u13 amd64 installed
package=gone 1.0 all config-files
package=adduser 3.134 all installed
image=mecctl.io/web:1 application/vnd.oci.image.manifest.v1+json sha256:{"a" * 64} 1.0 MiB linux/amd64 -
image=mecctl.io/web@sha256:{"a" * 64} application/x sha256:{"a" * 64} 1.0 MiB linux/amd64 -
image=sha256:{"b" * 64} application/x sha256:{"a" * 64} 1.0 MiB linux/amd64 -
end=
"""


def test_what_is_wholly_installed_counts_and_images_by_their_names():
    found = software.parse(SAID)

    assert (found.arch, found.distro) == ("amd64", "debian-12")
    assert found.packages == (Package("adduser", "3.134", "all"), Package("libc6", "2.36-9+deb12u13", "amd64"))
    assert found.images == {"mecctl.io/web:1": "sha256:" + "a" * 64}


def test_what_rpm_lists_counts_but_for_its_keys():
    said = SAID.replace("distro=debian-12", "distro=rocky-9.6").partition("package=")[0]
    rows = (
        "rpm=bash 5.1.8-9.el9 x86_64\nrpm=shadow-utils 2:4.9-12.el9 x86_64\nrpm=gpg-pubkey 350d275d-6279464b (none)\n"
    )

    assert software.parse(said + rows).packages == (
        Package("bash", "5.1.8-9.el9", "x86_64", "rpm"),
        Package("shadow-utils", "2:4.9-12.el9", "x86_64", "rpm"),
    )


def test_nodes_that_do_not_say_are_told_and_the_others_count(folder, monkeypatch):
    answers = {"edge-1": Answer(0, SAID, "", 0, 0), "edge-2": UnreachableError("the node can't be reached by SSH")}

    class Connection:
        def __init__(self, _folder, node):
            self.answer = answers[node.name]
            if isinstance(self.answer, Exception):
                raise self.answer

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def run(self, command, stdin):
            assert (command, stdin) == ("sudo -n sh -s", software.LOOK)
            return self.answer

    monkeypatch.setattr(software, "connect", Connection)
    seen, errors = software.look(folder)
    assert list(seen) == ["edge-1"]
    assert errors == [answers["edge-2"]]

    answers["edge-2"] = Answer(1, "", "sudo: a password is required\n", 0, 0)
    _, (error,) = software.look(folder)
    assert isinstance(error, MecctlError)
    assert error.why == "sudo: a password is required"


def test_the_script_runs_here(tmp_path):
    from mecctl.process import run  # noqa: PLC0415

    found = software.parse(run(["sh", "-s"], stdin=software.LOOK).stdout)
    assert any(package.name == "dpkg" for package in found.packages)


@pytest.mark.parametrize("text", ["arch=aarch64\nend=\n"])
def test_a_machine_without_dpkg_has_none(text):
    assert software.parse(text).packages == ()
