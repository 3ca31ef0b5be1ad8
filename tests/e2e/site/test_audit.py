"""The audit of a real site: every control answered from machines, new holes found, what can't be asked told."""

import json
from contextlib import contextmanager

import pytest

from mecctl.audit.assess import BENCHMARKS

pytestmark = pytest.mark.e2e


def look(site):
    return site.mecctl("site", "audit", "-o", "json")


def failing(ended):
    return {one["id"] for one in ended.json["controls"] if one["result"] == "fail"}


def evidence(ended, id_):
    (control,) = (one for one in ended.json["controls"] if one["id"] == id_)
    return control["evidence"]


def recorded(site):
    return json.loads((site.path / ".mecctl/audit.json").read_text())["results"]


@contextmanager
def changed(site, node, doing, undoing):
    site.on(node, doing)
    try:
        yield
    finally:
        site.on(node, undoing)


@pytest.fixture(scope="module")
def seen(site, first):
    """What the audit says of the site as `up` made it."""
    return look(site)


def test_every_control_is_answered_from_evidence(seen):
    controls = seen.json["controls"]

    assert [one["id"] for one in controls] == [one.id for each in BENCHMARKS for one in each.controls]
    assert all(each["source"] and each["found"] for one in controls for each in one["evidence"])
    assert all(one["evidence"] for one in controls)
    excluded = [each for one in controls for each in one["evidence"] if each["result"] == "not-applicable"]
    assert all(each["reason"] for each in excluded)
    assert not any(each["unreachable"] for one in controls for each in one["evidence"])
    assert {each["node"] for each in evidence(seen, "4.2.1")} == {"edge-1", "edge-2"}


def test_nothing_fails(seen):
    assert failing(seen) == set()
    assert (seen.code, seen.json["ok"]) == (0, True)


@pytest.mark.usefixtures("seen")
def test_a_port_that_is_opened_is_found_and_told_as_new(site):
    serving = "systemd-run --quiet --unit=hole python3 -m http.server 7777"
    with changed(site, "edge-2", f"{serving}; while ! ss -Hlnt | grep -q :7777; do :; done", "systemctl stop hole"):
        opened = look(site)
    mended = look(site)

    (hole,) = (one for one in evidence(opened, "NODE-NET-03") if one["result"] == "fail")
    assert (hole["node"], hole["found"]) == ("edge-2", "tcp any 7777 python3")
    assert opened.json["changes"]["failing"] == ["node/NODE-NET-03"]
    assert mended.json["changes"]["mended"] == ["node/NODE-NET-03"]


@pytest.mark.usefixtures("seen")
def test_a_secret_that_everybody_may_read_and_a_new_setuid_program_are_found(site):
    doing = "install -m 4755 /bin/true /usr/local/bin/hole; echo 'token: abc' > /etc/leak; chmod 644 /etc/leak"
    with changed(site, "edge-1", doing, "rm /usr/local/bin/hole /etc/leak"):
        opened = look(site)

    (readable,) = (one for one in evidence(opened, "NODE-FILE-11") if one["node"] == "edge-1")
    (setuid,) = (one for one in evidence(opened, "NODE-FILE-09") if one["node"] == "edge-1")
    assert readable["found"] == "/etc/leak"
    assert setuid["found"] == "/usr/local/bin/hole"


@pytest.mark.usefixtures("seen")
def test_a_page_and_a_text_say_the_same(site, seen):
    page, text = (site.mecctl("site", "audit", "-o", form) for form in ("html", "text"))

    assert page.code == text.code == seen.code
    assert all(f"<td>{id_}</td>" in page.out for id_ in failing(seen))
    assert all(f"✗ {id_}  " in text.out for id_ in failing(seen))


@pytest.mark.usefixtures("seen")
def test_a_machine_that_does_not_answer_is_no_pass(site):
    kept = recorded(site)
    site.podman("pause", "edge-2")
    try:
        ended = look(site)
    finally:
        site.podman("unpause", "edge-2")

    assert ended.code == 4
    told = {one["node"]: one for one in evidence(ended, "NODE-SSH-01")}
    assert (told["edge-1"]["result"], told["edge-2"]["result"]) == ("pass", "fail")
    assert told["edge-2"]["unreachable"]
    assert recorded(site)["node/NODE-SSH-01"] == kept["node/NODE-SSH-01"] == "pass"
