import re

from mecctl.artifacts.sbom import python
from mecctl.resources import resource


def test_every_package_of_the_lock_is_there_with_its_hashes():
    text = resource(python.LOCK).read_text()
    found = python.packages()

    assert len(found) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert sum(len(part.sha256) for part in found) == text.count("--hash=sha256:")
    assert all(part.sha256 for part in found)
    assert {part.purl.partition("@")[0] for part in found} >= {"pkg:pypi/ansible-core", "pkg:pypi/pulumi"}


def test_names_are_normalized(monkeypatch, tmp_path):
    (tmp_path / "requirements.lock").write_text(f"Zope.Interface[x]==7.0 ; a < 'b' \\\n    --hash=sha256:{'a' * 64}\n")
    monkeypatch.setattr(python, "resource", lambda name: tmp_path / name)
    (part,) = python.packages()

    assert (part.purl, part.sha256) == ("pkg:pypi/zope-interface@7.0", ("a" * 64,))
