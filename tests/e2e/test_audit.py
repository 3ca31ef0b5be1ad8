"""The audit of a real site: every control answered from machines, new holes found, what can't be asked told."""

import json
from contextlib import contextmanager

import pytest

from mecctl.audit.assess import BENCHMARKS
from tests.support.live import LiveSite

pytestmark = pytest.mark.e2e

# What a site with `hardening: none` is known to lack.
KNOWN = {"1.2.15", "1.2.16", "1.2.27", "3.2.1", "4.2.13", "5.2.1", "C-0066", "C-0067", "NODE-NET-01", "NODE-SSH-13"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    live = LiveSite(tmp_path_factory.mktemp("audit") / "inventories" / "lab", "10.78.201")
    assert live.mecctl("lab", "up", timeout=3000).code == 0
    try:
        ended = live.up()
        assert ended.code == 0, ended.out + ended.err
        yield live
    finally:
        live.stop()


@pytest.fixture(scope="module")
def hardened(site):
    return site.folder.site.kubernetes.hardening == "cis"


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
def first(site):
    return look(site)


def test_every_control_is_answered_from_evidence(first):
    controls = first.json["controls"]

    assert [one["id"] for one in controls] == [one.id for each in BENCHMARKS for one in each.controls]
    assert all(seen["source"] and seen["found"] for one in controls for seen in one["evidence"])
    assert all(one["evidence"] for one in controls)
    excluded = [seen for one in controls for seen in one["evidence"] if seen["result"] == "not-applicable"]
    assert all(seen["reason"] for seen in excluded)
    assert not any(seen["unreachable"] for one in controls for seen in one["evidence"])
    assert {seen["node"] for seen in evidence(first, "4.2.1")} == {"edge-1", "edge-2"}


def test_what_fails_is_what_the_site_leaves_open(first, hardened):
    if hardened:
        assert failing(first) == set()
        assert (first.code, first.json["ok"]) == (0, True)
    else:
        assert failing(first) >= KNOWN
        assert (first.code, first.json["ok"]) == (1, False)


@pytest.mark.usefixtures("first")
def test_a_port_that_is_opened_is_found_and_told_as_new(site):
    serving = "systemd-run --quiet --unit=hole python3 -m http.server 7777"
    with changed(site, "edge-2", f"{serving}; while ! ss -Hlnt | grep -q :7777; do :; done", "systemctl stop hole"):
        opened = look(site)
    mended = look(site)

    (seen,) = (one for one in evidence(opened, "NODE-NET-03") if one["result"] == "fail")
    assert (seen["node"], seen["found"]) == ("edge-2", "tcp any 7777 python3")
    assert opened.json["changes"]["failing"] == ["node/NODE-NET-03"]
    assert mended.json["changes"]["mended"] == ["node/NODE-NET-03"]


@pytest.mark.usefixtures("first")
def test_a_secret_that_everybody_may_read_and_a_new_setuid_program_are_found(site):
    doing = "install -m 4755 /bin/true /usr/local/bin/hole; echo 'token: abc' > /etc/leak; chmod 644 /etc/leak"
    with changed(site, "edge-1", doing, "rm /usr/local/bin/hole /etc/leak"):
        opened = look(site)

    (readable,) = (one for one in evidence(opened, "NODE-FILE-11") if one["node"] == "edge-1")
    (setuid,) = (one for one in evidence(opened, "NODE-FILE-09") if one["node"] == "edge-1")
    assert readable["found"] == "/etc/leak"
    assert setuid["found"] == "/usr/local/bin/hole"


@pytest.mark.usefixtures("first")
def test_a_page_and_a_text_say_the_same(site, first):
    page, text = (site.mecctl("site", "audit", "-o", form) for form in ("html", "text"))

    assert page.code == text.code == first.code
    assert all(f"<td>{id_}</td>" in page.out for id_ in failing(first))
    assert all(f"✗ {id_}  " in text.out for id_ in failing(first))


@pytest.mark.usefixtures("first")
def test_a_machine_that_does_not_answer_is_no_pass(site, hardened):
    kept = recorded(site)
    site.podman("pause", "edge-2")
    try:
        ended = look(site)
    finally:
        site.podman("unpause", "edge-2")

    assert ended.code == (4 if hardened else 1)
    seen = {one["node"]: one for one in evidence(ended, "NODE-SSH-01")}
    assert (seen["edge-1"]["result"], seen["edge-2"]["result"]) == ("pass", "fail")
    assert seen["edge-2"]["unreachable"]
    assert recorded(site)["node/NODE-SSH-01"] == kept["node/NODE-SSH-01"] == "pass"
