import pytest

from mecctl.nodes.onnode import exposure


@pytest.fixture
def top(tmp_path, monkeypatch):
    """A tree that everybody may enter, taken for a place where secrets are kept."""
    tmp_path.chmod(0o755)
    monkeypatch.setattr(exposure, "_KEEPS_SECRETS", (str(tmp_path),))
    return tmp_path


def walk(top):
    found: dict[str, list[str]] = {"setuid": [], "writable": [], "readable": []}
    exposure._walk(str(top), found)
    return {kind: [path.removeprefix(f"{top}/") for path in paths] for kind, paths in found.items()}


def write(path, text, mode):
    path.write_text(text)
    path.chmod(mode)


def test_what_everybody_gets_at_is_found(top):
    key = f"-----BEGIN {'PRIVATE KEY'}-----\n"
    write(top / "key", key, 0o644)
    write(top / "kept", key, 0o640)
    write(top / "kubeconfig", "users:\n- user:\n    token: abc\n", 0o644)
    write(top / "public", "hello", 0o644)
    write(top / "open", "", 0o666)
    write(top / "rises", "", 0o4755)
    (top / "link").symlink_to(top / "open")
    found = walk(top)

    assert sorted(found["readable"]) == ["key", "kubeconfig"]
    assert found["writable"] == ["open"]
    assert found["setuid"] == ["rises"]


def test_nobody_gets_at_what_is_in_a_closed_folder_and_a_sticky_one_is_no_hole(top):
    for name, mode in (("closed", 0o700), ("sticky", 0o1777)):
        (top / name).mkdir()
        (top / name).chmod(mode)
    write(top / "closed" / "open", "", 0o666)

    assert walk(top) == {"setuid": [], "writable": [], "readable": []}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('tcp LISTEN 0 128 10.0.0.1:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))', ("tcp", "10.0.0.1", "22", "sshd")),
        ('tcp LISTEN 0 128 [::1]:2381 [::]:* users:(("etcd",pid=1,fd=3))', ("tcp", "[::1]", "2381", "etcd")),
        ("udp UNCONN 0 0 *:8472 *:*", ("udp", "*", "8472", None)),
    ],
)
def test_lines_of_ss(line, found):
    said = exposure._LINE.match(line)

    assert said is not None
    assert said.groups() == found
