from ansible.module_utils.mecctl import modes


def plan(context, path, mode="0640"):
    return list(modes.plan_modes([{"path": str(path), "mode": mode}], context))


def test_what_is_open_further_is_narrowed_and_nothing_is_opened(tmp_path, context):
    path = tmp_path / "shadow"
    path.touch()
    path.chmod(0o606)

    (item,) = plan(context, path)
    item.act()

    assert (item.subject, item.reason) == (f"mode of {path}", "is 0606, more than 0640")
    assert path.stat().st_mode & 0o777 == 0o600
    assert plan(context, path) == []


def test_what_is_not_there_or_a_link_is_left_alone(tmp_path, context):
    (tmp_path / "link").symlink_to("shadow")

    assert plan(context, tmp_path / "shadow") == []
    assert plan(context, tmp_path / "link") == []


def test_a_star_stands_for_all_that_are_there(tmp_path, context):
    for name, mode in (("a.key", 0o644), ("b.key", 0o600), ("a.crt", 0o644)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)

    assert [item.subject for item in plan(context, tmp_path / "*.key", "0600")] == [f"mode of {tmp_path / 'a.key'}"]
