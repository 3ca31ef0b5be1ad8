"""Values that a site file refers to come from where it says."""

import pytest

from mecctl.errors import InputError
from mecctl.sitefile import SiteFolder, vault
from mecctl.sitefile.secrets import opened
from tests.stacks.rendering import CACHE, VIDEO, site


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "secrets.yaml").write_text("$ANSIBLE_VAULT;1.1;AES256\n")
    monkeypatch.setattr(vault, "read", lambda *_: {"db": "from the vault"})
    (tmp_path / "token").write_text("from a file\n")

    def folder(**env):
        return SiteFolder(tmp_path, site(slices=[VIDEO], workloads=[CACHE | {"env": env}]))

    return folder


def test_each_place_gives_its_value(folder):
    read = opened(
        folder(A={"fromSecret": "db"}, B={"fromEnv": "GIVEN"}, C={"fromFile": "token"}, D="plain"), {"GIVEN": "here"}
    )

    assert read.secrets == {"cache/A": "from the vault", "cache/B": "here", "cache/C": "from a file"}
    assert "vault" not in repr(read)


def test_a_vault_that_nothing_is_in_is_not_opened(folder, monkeypatch):
    monkeypatch.setattr(vault, "read", lambda *_: pytest.fail("opened"))

    assert opened(folder(B={"fromEnv": "GIVEN"}), {"GIVEN": "here"}).secrets == {"cache/B": "here"}


def test_all_that_is_missing_is_told_at_once(folder, tmp_path):
    with pytest.raises(InputError) as wrong:
        opened(folder(A={"fromSecret": "other"}, B={"fromEnv": "UNSET"}, C={"fromFile": "none"}), {})

    at = f"{tmp_path}/site.yaml: spec.workloads[0].env"
    assert [str(problem) for problem in wrong.value.problems] == [
        f"{at}.A: secrets.yaml has no other; add it: ansible-vault edit {tmp_path}/secrets.yaml",
        f"{at}.B: the environment variable UNSET isn't set; set it, and run the same command again",
        f"{at}.C: {tmp_path}/none can't be read: No such file or directory; a file with nothing but the secret",
    ]


def test_without_a_vault_it_is_told_how_to_make_one(folder, tmp_path):
    (tmp_path / "secrets.yaml").unlink()

    with pytest.raises(InputError, match=r"there is no secrets.yaml to take db from; ansible-vault create"):
        opened(folder(A={"fromSecret": "db"}), {})


@pytest.mark.parametrize(("content", "said"), [(b"\xff\xfe", "isn't text"), (b"x" * (2**20 + 1), "is too big")])
def test_a_file_that_holds_no_secret_is_told(folder, tmp_path, content, said):
    (tmp_path / "token").write_bytes(content)

    with pytest.raises(InputError, match=said):
        opened(folder(C={"fromFile": "token"}), {})
