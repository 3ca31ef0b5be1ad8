import pytest
from ansible.module_utils.mecctl import files


def changes(items):
    return [(item.subject, item.action, item.reason) for item in items]


def make(items):
    for item in items:
        item.act()


def test_a_file_is_made_with_its_folder_then_in_order(tmp_path, context, me):
    path = tmp_path / "etc" / "a.conf"
    declared = [{"path": str(path), "content": "one\n", "mode": "0600", **me}]

    items = list(files.plan_files(declared, context))
    make(items)

    assert changes(items) == [(f"file {path}", "create", "isn't there")]
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("one\n", 0o600)
    assert context.touched == {str(path)}
    assert not list(files.plan_files(declared, context))


@pytest.mark.parametrize(
    ("spoil", "action", "reason"),
    [
        (lambda path: path.write_text("two\n"), "update", "its content differs"),
        (lambda path: path.chmod(0o644), "update", "its mode is 0644, not 0600"),
        (lambda path: path.unlink(), "create", "isn't there"),
    ],
)
def test_whatever_was_done_to_a_file_is_named_and_mended(tmp_path, context, me, spoil, action, reason):
    path = tmp_path / "a.conf"
    declared = [{"path": str(path), "content": "one\n", "mode": "0600", **me}]
    make(files.plan_files(declared, context))

    spoil(path)
    items = list(files.plan_files(declared, context))
    make(items)

    assert changes(items) == [(f"file {path}", action, reason)]
    assert not list(files.plan_files(declared, context))


def test_a_plan_alone_touches_nothing(tmp_path, context, me):
    list(files.plan_files([{"path": str(tmp_path / "a"), "content": "", **me}], context))
    list(files.plan_directories([{"path": str(tmp_path / "b"), **me}], context))
    list(files.plan_links([{"path": str(tmp_path / "c"), "target": "a"}], context))

    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_diff_shows_both_sides(tmp_path, context, me):
    path = tmp_path / "a.conf"
    path.write_text("one\n")

    (item,) = files.plan_files([{"path": str(path), "content": "two\n", **me}], context)

    assert item.diff == {"header": str(path), "before": "one\n", "after": "two\n"}


def test_a_secret_waits_for_the_run_that_has_it_and_is_never_shown(tmp_path, context, me):
    path = tmp_path / "token"
    declared = [{"path": str(path), "secret": "join_token", "mode": "0600", **me}]

    (waiting,) = files.plan_files(declared, context)
    assert waiting.later
    assert context.awaited == {str(path)}

    context.secrets["join_token"] = "abc"
    (given,) = files.plan_files(declared, context)
    given.act()
    assert given.diff is None
    assert path.read_text() == "abc\n"

    context.secrets.clear()
    assert not list(files.plan_files(declared, context))


def test_a_random_secret_is_made_up_once(tmp_path, context, me):
    path = tmp_path / "token"
    declared = [{"path": str(path), "random": 32, "mode": "0600", **me}]

    (item,) = files.plan_files(declared, context)
    item.act()
    made = path.read_text()

    assert len(made.strip()) == 64
    assert item.diff is None
    assert not list(files.plan_files(declared, context))


def test_a_link_replaces_what_is_in_its_place(tmp_path, context):
    path = tmp_path / "kubectl"
    path.write_text("a file")
    declared = [{"path": str(path), "target": "k3s"}]

    (item,) = files.plan_links(declared, context)
    item.act()

    assert item.reason == "isn't a link"
    assert str(path.readlink()) == "k3s"
    assert not list(files.plan_links(declared, context))


def test_a_folder_and_its_mode(tmp_path, context, me):
    path = tmp_path / "a" / "b"
    declared = [{"path": str(path), "mode": "0700", **me}]
    make(files.plan_directories(declared, context))

    path.chmod(0o755)
    (item,) = files.plan_directories(declared, context)
    item.act()

    assert item.reason == "its mode is 0755, not 0700"
    assert not list(files.plan_directories(declared, context))


def test_what_is_unwanted_goes_with_all_that_is_in_it(tmp_path, context):
    path = tmp_path / "a" / "b"
    path.mkdir(parents=True)
    declared = [str(tmp_path / "a"), str(tmp_path / "never")]

    items = list(files.plan_absent(declared, context))
    make(items)

    assert changes(items) == [(f"path {tmp_path / 'a'}", "delete", "isn't wanted")]
    assert not list(files.plan_absent(declared, context))


def test_a_file_that_needs_a_folder_is_left_out_without_it(tmp_path, context, me):
    needed = tmp_path / "rules.d"
    declared = [{"path": str(needed / "ours"), "content": "", "needs": [str(needed)], **me}]

    assert list(files.plan_files(declared, context)) == []
    needed.mkdir()
    assert len(list(files.plan_files(declared, context))) == 1
