import pytest
from ansible.module_utils.mecctl import masks

NAMES = ["avahi-daemon.service", "cups.service", "rpcbind.service"]


@pytest.fixture
def systemd(monkeypatch, tmp_path):
    """Two units that packages brought, one that the administrator wrote over; mask and unmask work on links."""
    shipped, own = tmp_path / "lib", tmp_path / "etc"
    for folder in (shipped, own):
        folder.mkdir()
    for name in NAMES[:2]:
        (shipped / name).touch()
    (own / NAMES[1]).touch()

    def run(words):
        link = own / words[-1]
        if words[1] == "mask":
            link.symlink_to("/dev/null")
        else:
            link.unlink()

    monkeypatch.setattr(masks, "SHIPPED", shipped)
    monkeypatch.setattr(masks, "OWN", own)
    monkeypatch.setattr(masks, "run", run)
    return own


def make(names, context):
    items = list(masks.plan_masked(names, context))
    for item in items:
        item.act()
    return [(item.subject, item.action) for item in items]


def test_a_service_that_a_package_brought_is_masked_and_one_of_the_administrators_is_wanted(systemd, context):
    assert make(NAMES, context) == [(f"unit {NAMES[0]}", "stop")]
    assert (systemd / NAMES[0]).is_symlink()
    assert make(NAMES, context) == []


def test_it_is_given_back_when_it_is_not_declared_any_more(systemd, context):
    make(NAMES, context)

    assert make([], context) == [(f"unit {NAMES[0]}", "update")]
    assert not (systemd / NAMES[0]).is_symlink()
    assert make([], context) == []


def test_a_mask_of_somebody_else_stays(systemd, context):
    (systemd / NAMES[0]).symlink_to("/dev/null")

    assert make(NAMES, context) == make([], context) == []


def test_what_was_unmasked_by_hand_is_masked_again(systemd, context):
    make(NAMES, context)
    (systemd / NAMES[0]).unlink()

    assert make(NAMES, context) == [(f"unit {NAMES[0]}", "stop")]
